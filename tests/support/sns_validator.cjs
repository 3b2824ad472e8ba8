// Checks messages of SNS with sns-validator: takes JSON from stdin, the messages as they came and the one host whose
// certificates are trusted; says as JSON what is wrong with each, null where nothing is.
const { readFileSync } = require("node:fs");
const MessageValidator = require("sns-validator");

const { host, messages } = JSON.parse(readFileSync(0));
const validator = new MessageValidator(new RegExp(`^${host.replaceAll(".", "\\.")}$`));

const check = (message) =>
  new Promise((resolve) => validator.validate(message, (error) => resolve(error && error.message)));

Promise.all(messages.map(check)).then((found) => console.log(JSON.stringify(found)));
