# The story of a client, told with version 1 of the AWS SDK for Ruby: what it needs comes as JSON from stdin, what it was
# told goes as JSON to stdout. It knows the API of its time: neither templates nor sets.
require "aws-sdk"
require "json"
require "uri"

told = JSON.parse($stdin.read)
url = URI(told["url"])
ses = AWS::SimpleEmailService.new(
  access_key_id: told["key"],
  secret_access_key: told["secret"],
  simple_email_service_region: told["region"],
  simple_email_service_endpoint: url.host,
  simple_email_service_port: url.port,
  use_ssl: false,
)

def mail(email)
  message = email["Message"]
  content = ->(part) { { data: part["Data"], charset: part["Charset"] } }
  {
    source: email["Source"],
    destination: { to_addresses: email["Destination"]["ToAddresses"] },
    message: {
      subject: content.(message["Subject"]),
      body: { text: content.(message["Body"]["Text"]), html: content.(message["Body"]["Html"]) },
    },
  }
end

quotas = ses.quotas
identities = ses.identities.map(&:identity)
email = ses.client.send_email(mail(told["email"]))
raw = ses.send_raw_email(told["raw"])
refused =
  begin
    ses.client.send_email(mail(told["refused"]))
  rescue AWS::SimpleEmailService::Errors::MessageRejected => error
    { code: error.code, message: error.message }
  end

puts JSON.generate(
  quota: [quotas[:max_24_hour_send], quotas[:max_send_rate]],
  identities: identities,
  sent: { SendEmail: email[:message_id], SendRawEmail: raw[:message_id] },
  refused: refused,
)
