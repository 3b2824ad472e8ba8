// Makes calls with @aws-sdk/client-ses: takes its configuration and the calls as JSON from stdin, each a command's name
// and input (a RawMessage in base64); says as JSON what each came to.
const { readFileSync } = require("node:fs");
const aws = require("@aws-sdk/client-ses");

const { config, calls } = JSON.parse(readFileSync(0));
const client = new aws.SESClient(config);

const outcome = (error) => {
  const { name, message, $fault, $metadata } = error;
  const { httpStatusCode, attempts, requestId } = $metadata;
  const known = aws[name] ? error instanceof aws[name] : error.constructor === aws.SESServiceException;
  const metadata = { httpStatusCode, attempts, hasRequestId: Boolean(requestId) };
  return { error: { name, message, $fault, known, metadata } };
};

const call = async ([name, input]) => {
  if (input.RawMessage) input.RawMessage.Data = Buffer.from(input.RawMessage.Data, "base64");
  const { $metadata, ...output } = await client.send(new aws[`${name}Command`](input));
  return output;
};

(async () => {
  const outcomes = [];
  for (const each of calls) outcomes.push(await call(each).catch(outcome));
  console.log(JSON.stringify(outcomes));
})();
