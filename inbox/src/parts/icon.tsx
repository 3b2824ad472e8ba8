// Icons by name: lines of 24 by 24, in the colour of the text around them.
import {
  ArrowDownLeft, ArrowLeft, ArrowUpRight, AtSign, Ban, Check, ChevronDown, ChevronRight, CircleAlert, CircleCheck,
  CircleHelp, CircleX, Clock, Cog, Copy, Download, ExternalLink, Eye, File, FileText, Flag, Gauge, Globe, type
  IconNode, Image, Inbox, Keyboard, Layers, ListChecks, Mail, MailOpen, MailPlus, MailX, Menu, Monitor, Moon,
  MousePointerClick, Network, Paperclip, Play, Plus, RotateCcw, ScrollText, Search, Send, ShieldCheck, Smartphone,
  Snowflake, Sun, SunMoon, Tablet, Trash2, TriangleAlert, Undo2, Users, Webhook, Workflow, X, Zap,
} from "lucide";
import { h } from "preact";

const icons = {
  account: Gauge,
  alert: CircleAlert,
  all: Inbox,
  back: ArrowLeft,
  check: Check,
  click: MousePointerClick,
  clock: Clock,
  close: X,
  complaint: Flag,
  copy: Copy,
  dark: Moon,
  delivered: CircleCheck,
  desktop: Monitor,
  dns: Globe,
  down: ChevronDown,
  download: Download,
  external: ExternalLink,
  failed: CircleX,
  faults: Zap,
  file: File,
  freeze: Snowflake,
  help: CircleHelp,
  identity: AtSign,
  image: Image,
  jobs: ListChecks,
  keyboard: Keyboard,
  light: Sun,
  lookup: Network,
  mail: Mail,
  menu: Menu,
  open: Eye,
  paperclip: Paperclip,
  phone: Smartphone,
  play: Play,
  plus: Plus,
  read: MailOpen,
  receive: MailPlus,
  received: ArrowDownLeft,
  replay: RotateCcw,
  right: ChevronRight,
  rules: Workflow,
  search: Search,
  send: Send,
  sent: ArrowUpRight,
  sets: Layers,
  shield: ShieldCheck,
  source: ScrollText,
  suppressed: Ban,
  suppression: MailX,
  system: Cog,
  tablet: Tablet,
  template: FileText,
  theme: SunMoon,
  trash: Trash2,
  undo: Undo2,
  users: Users,
  warning: TriangleAlert,
  webhook: Webhook,
  wire: ScrollText,
} satisfies Record<string, IconNode>;

export type IconName = keyof typeof icons;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={size > 20 ? 1.5 : 1.9}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {icons[name].map(([tag, attributes], index) => h(tag, { key: index, ...attributes }))}
    </svg>
  );
}
