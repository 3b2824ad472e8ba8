// Sends a mail with nodemailer, or without one asks whether it could: takes transport and mail as JSON from stdin, says
// as JSON what became of it.
const { readFileSync } = require("node:fs");
const aws = require("@aws-sdk/client-ses");
const { createTransport } = require("nodemailer");

const { ses, smtp, mail } = JSON.parse(readFileSync(0));
const transport = createTransport(ses ? { SES: { ses: new aws.SESClient(ses), aws } } : smtp);

const sent = () => transport.sendMail(mail).then(({ messageId, response }) => ({ messageId, response }));
const asked = () => transport.verify().then((works) => ({ works }));

(mail ? sent() : asked())
  .catch(({ name, message }) => ({ error: { name, message } }))
  .then((outcome) => console.log(JSON.stringify(outcome)));
