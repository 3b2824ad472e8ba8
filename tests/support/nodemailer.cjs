// Sends a mail with nodemailer: takes transport and mail as JSON from stdin, says as JSON what became of it.
const { readFileSync } = require("node:fs");
const aws = require("@aws-sdk/client-ses");
const { createTransport } = require("nodemailer");

const { ses, smtp, mail } = JSON.parse(readFileSync(0));
const transport = createTransport(ses ? { SES: { ses: new aws.SESClient(ses), aws } } : smtp);

transport
  .sendMail(mail)
  .then(({ messageId, response }) => ({ messageId, response }))
  .catch(({ name, message }) => ({ error: { name, message } }))
  .then((outcome) => console.log(JSON.stringify(outcome)));
