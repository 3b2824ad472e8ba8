// The routes of /_emulator, and what they answer. Nothing else is asked.
import type { Params } from "./route.ts";

export interface Recipient {
  address: string;
  kind: string;
  status: string;
}

export interface Attachment {
  index: number;
  filename: string | null;
  content_type: string;
  size: number;
  content_id: string | null;
}

export interface Message {
  id: string;
  account: string;
  region: string;
  direction: "outbound" | "inbound" | "system";
  operation: string;
  source: string;
  from: string | null;
  to: string[];
  cc: string[];
  bcc: string[];
  reply_to: string[];
  return_path: string | null;
  recipients: Recipient[];
  subject: string | null;
  preview?: string | null;
  text: string | null;
  html: string | null;
  headers: { name: string; value: string }[] | null;
  attachments: Attachment[];
  tags: Record<string, string[]>;
  configuration_set: string | null;
  template: string | null;
  template_data: string | null;
  identity?: string | null;
  caller?: string | null;
  source_ip?: string | null;
  outcomes?: string[];
  read?: boolean;
  size: number;
  created_at: string;
}

export interface MessagePage {
  messages: Message[];
  total: number;
  cursor: string | null;
}

export interface Publication {
  id: string;
  channel: string;
  name: string;
  service: string;
  target: string;
  via: string | null;
  content: Record<string, unknown>;
  state: "pending" | "published" | "recorded" | "dead";
  attempts: { at: string; error: string | null }[];
  created_at: string;
}

export interface SesEvent {
  id: string;
  type: string;
  message_id: string;
  recipients: string[];
  detail: Record<string, unknown>;
  created_at: string;
  publications: Publication[];
}

export interface DnsRecord {
  name: string;
  type: string;
  value: string;
  published_at?: string;
}

export interface Verification {
  identity: string;
  type: string;
  status: string;
  link: string | null;
  token: string | null;
  dkim: { status: string; enabled: boolean; tokens: string[] };
  mail_from: { domain: string | null; status: string | null; behavior_on_mx_failure: string };
  records: DnsRecord[];
}

export interface Identity {
  identity: string;
  type: string;
  status: string;
  dkim_status: string | null;
  mail_from_domain: string | null;
  configuration_set: string | null;
  created_at: string;
}

export interface Template {
  name: string;
  subject: string | null;
  text: string | null;
  html: string | null;
  created_at: string;
}

export interface Rendering {
  subject?: string | null;
  text?: string | null;
  html?: string | null;
  error?: string | null;
  part?: string | null;
}

export interface Destination {
  name: string;
  enabled: boolean;
  matching_event_types: string[];
  destination: unknown;
}

export interface ConfigurationSet {
  name: string;
  sending_enabled: boolean;
  reputation_metrics_enabled: boolean;
  custom_redirect_domain: string | null;
  tls_policy: string | null;
  bounce_rate: number | null;
  complaint_rate: number | null;
  destinations: Destination[];
}

export interface ReceiptRule {
  name: string;
  enabled: boolean;
  tls_policy: string;
  scan_enabled: boolean;
  recipients: string[];
  actions: unknown[];
}

export interface ReceiptRuleSets {
  rule_sets: { name: string; active: boolean; rules: ReceiptRule[] }[];
  filters: { name: string; policy: string; cidr: string }[];
}

export interface Statistics {
  sent_last_24_hours: number;
  max_24_hour_send: number;
  max_send_rate: number;
  points: { at: string; delivery_attempts: number; bounces: number; complaints: number; rejects: number }[];
}

export interface Account {
  account: string;
  region: string;
  sandbox: boolean;
  sending_enabled: boolean;
  suspended: boolean;
  enforce_limits: boolean;
  max_24_hour_send: number;
  max_send_rate: number;
  api_rate_limit: number;
  verification: "auto" | "manual";
  verification_delay: number;
  sent_last_24_hours: number;
}

export interface Job {
  id: string;
  account: string;
  region: string;
  task: string;
  lane: string | null;
  detail: Record<string, unknown>;
  state: "pending" | "dead";
  run_at: string;
  attempts: number;
  error: string | null;
  created_at: string;
}

export interface AwsRequest {
  request_id: string;
  at: string;
  operation: string | null;
  account: string;
  region: string;
  access_key_id: string | null;
  parameters: Record<string, string>;
  status: number;
  code: string | null;
  answer: string;
  milliseconds: number;
  fault: string | null;
}

export interface Fault {
  id: string;
  account: string | null;
  region: string | null;
  preset: string | null;
  operation: string | null;
  code: string | null;
  status: number | null;
  message: string | null;
  delay_ms: number | null;
  drop: "before" | "after" | null;
  truncate: boolean | null;
  times: number | null;
  probability: number | null;
  match: Record<string, string | null>;
  hits: number;
  remaining: number | null;
}

export interface Suppressed {
  address: string;
  reason: string;
  list: string;
  message_id: string | null;
  updated_at: string;
}

export interface Operator {
  name: string;
  example: string;
  help: string;
  values?: string[];
}

export interface Clock {
  now: string;
  frozen: boolean;
}

/** A refusal, in the server's own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly code?: string,
  ) {
    super(detail);
  }
}

export function url(path: string, params: Params = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  const query = new URLSearchParams(given as [string, string][]).toString();
  return `/_emulator${path}${query ? `?${query}` : ""}`;
}

export async function get<Answer>(path: string, params?: Params, signal?: AbortSignal): Promise<Answer> {
  return ask<Answer>("GET", path, params, undefined, signal);
}

export async function ask<Answer = void>(
  method: string,
  path: string,
  params?: Params,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const raw = typeof body === "string";
  const response = await fetch(url(path, params), {
    method,
    signal: signal ?? null,
    ...(body === undefined
      ? {}
      : {
          body: raw ? body : JSON.stringify(body),
          headers: { "Content-Type": raw ? "message/rfc822" : "application/json" },
        }),
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Refusal(response.status, problem.detail ?? `${response.status} ${response.statusText}`, problem.code);
  }
  if (response.status === 204) return undefined as Answer;
  return response.json() as Promise<Answer>;
}

export async function text(path: string, params?: Params): Promise<string> {
  const response = await fetch(url(path, params));
  if (!response.ok) throw new Refusal(response.status, `${response.status} ${response.statusText}`);
  return response.text();
}

/** An address or a name as one segment of a path. */
export const segment = encodeURIComponent;
