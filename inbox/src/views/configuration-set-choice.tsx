// A choice of one of the account's configuration sets, or none.
import { type ConfigurationSet, get } from "../api.ts";
import { useLoad } from "../hooks.ts";
import { owner, ownerKey } from "../scopes.ts";
import { t } from "../strings.ts";

export function ConfigurationSetChoice({ id, label, value, onChange }: {
  id?: string; label: string; value: string; onChange: (name: string) => void;
}) {
  const { data } = useLoad<{ configuration_sets: ConfigurationSet[] }>(
    (signal) => get("/configuration-sets", { ...owner.value }, signal), ownerKey.value,
  );
  const names = (data?.configuration_sets ?? []).map((each) => each.name);
  if (value && !names.includes(value)) names.push(value); // deleted by now
  return (
    <select id={id} aria-label={id ? undefined : label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{t.none}</option>
      {names.map((name) => <option key={name} value={name}>{name}</option>)}
    </select>
  );
}
