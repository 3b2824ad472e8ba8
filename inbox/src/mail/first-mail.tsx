// What somebody sees who has sent nothing yet: how to.
import { useState } from "preact/hooks";
import { CodeBlock, Empty, LinkButton, Segments } from "../parts/basics.tsx";
import { href } from "../route.ts";
import { t } from "../strings.ts";

const WAYS = ["boto3", "cli", "curl"] as const;
type Way = (typeof WAYS)[number];

export function FirstMail() {
  const [way, setWay] = useState<Way>("boto3");
  return (
    <Empty
      icon="all"
      title={t.firstMail.title}
      actions={<LinkButton kind="primary" icon="send" href={href(["compose"])}>{t.firstMail.action}</LinkButton>}
    >
      <p>{t.firstMail.text}</p>
      <div class="snippet">
        <Segments
          label={t.firstMail.ways}
          options={WAYS.map((each) => ({ value: each, label: t.firstMail.names[each] }))}
          value={way}
          onChange={setWay}
        />
        <CodeBlock text={snippets[way](location.origin)} label={t.firstMail.snippet} />
      </div>
    </Empty>
  );
}

const snippets: Record<Way, (url: string) => string> = {
  boto3: (url) => `import boto3

ses = boto3.client("ses", endpoint_url="${url}",
                   region_name="us-east-1",
                   aws_access_key_id="123456789012",
                   aws_secret_access_key="test")
ses.verify_email_identity(EmailAddress="ann@example.com")
ses.send_email(
    Source="ann@example.com",
    Destination={"ToAddresses": ["bob@example.com"]},
    Message={"Subject": {"Data": "Hello"},
             "Body": {"Text": {"Data": "It works."}}})`,
  cli: (url) => `export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=us-east-1
export AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=test
aws ses verify-email-identity --email-address ann@example.com
aws ses send-email --from ann@example.com \\
  --to bob@example.com --subject Hello --text "It works."`,
  curl: (url) => `curl ${url} -d Action=VerifyEmailIdentity \\
  -d EmailAddress=ann@example.com
curl ${url} -d Action=SendEmail \\
  -d Source=ann@example.com \\
  -d Destination.ToAddresses.member.1=bob@example.com \\
  -d Message.Subject.Data=Hello \\
  -d Message.Body.Text.Data="It works."`,
};
