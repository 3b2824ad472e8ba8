-- wrk script: one fixed SES request, sent again and again; an answer counts when it is 200 and holds a text.
-- wrk ... -s ses.lua URL -- FILE_WITH_FORM TEXT
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  file:close()
  expected = arguments[2]
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
  wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ses/aws4_request, "
    .. "SignedHeaders=host, Signature=" .. string.rep("0", 64)
  good, bad = 0, 0
end

function response(status, headers, body)
  if status == 200 and string.find(body, expected, 1, true) then
    good = good + 1
  else
    bad = bad + 1
  end
end

function done(summary, latency, requests)
  local good, bad = 0, 0
  for _, thread in ipairs(threads) do
    good, bad = good + thread:get("good"), bad + thread:get("bad")
  end
  print(string.format("RESULT %d %d %d %.0f", good, bad, summary.duration, latency:percentile(99)))
end
