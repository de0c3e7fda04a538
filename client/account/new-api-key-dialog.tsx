import type { Client } from '@urql/core';
import { graphql } from '../api/generated/gql.ts';
import type { ApiKeyScope } from '../api/generated/graphql.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Select } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import {
  CheckboxGroup,
  type NewSecret,
  type Problem,
  problemOf,
  RequestDialog,
} from './integration-section.tsx';

const CreateApiKeyDocument = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      secret
    }
  }
`);

/** Creates an API key, whose secret is shown once. */
export function NewApiKeyDialog(props: {
  client: Client;
  open: boolean;
  onClose: () => void;
  onCreated: (secret: NewSecret) => void;
}) {
  const texts = lazyMessages.apiKeys;
  const create = async (fields: FormData): Promise<Problem | undefined> => {
    const input = inputOf(fields);
    if (!input) return { field: 'creditLimit', text: texts.problems.creditLimit };
    const { data, error } = await props.client.mutation(CreateApiKeyDocument, { input }).toPromise();
    if (!data?.createApiKey) return problemOf(error, texts.problems);
    props.onClose();
    props.onCreated({ title: texts.created(input.name), secret: data.createApiKey.secret });
    return undefined;
  };
  return (
    <RequestDialog
      open={props.open}
      title={texts.create}
      action={texts.submit}
      send={create}
      onClose={() => props.onClose()}
    >
      {(problem) => <NewKeyFields problem={problem} />}
    </RequestDialog>
  );
}

function NewKeyFields(props: { problem: (field: string) => string | undefined }) {
  const texts = lazyMessages.apiKeys;
  return (
    <>
      <TextField
        label={texts.name}
        name="name"
        hint={texts.nameHint}
        problem={props.problem('name')}
        autofocus
      />
      <CheckboxGroup
        legend={texts.scopes}
        name="scopes"
        options={texts.scopeLabels}
        checked={['READ', 'WRITE']}
        problem={props.problem('scopes')}
      />
      <Select
        label={texts.expiresAt}
        name="expiry"
        value="never"
        options={Object.entries(texts.expiries).map(([value, label]) => ({ value, label }))}
      />
      <TextField
        label={texts.creditLimit}
        name="creditLimit"
        inputMode="numeric"
        hint={texts.creditLimitHint}
        problem={props.problem('creditLimit')}
      />
    </>
  );
}

const expiryDays: Readonly<Record<string, number>> = { week: 7, month: 30, quarter: 90, year: 365 };
const dayMs = 24 * 60 * 60 * 1000;

/** Undefined where the credit limit is no whole number. The server checks the rest. */
function inputOf(fields: FormData) {
  const limit = String(fields.get('creditLimit')).trim();
  if (!/^\d{0,9}$/.test(limit)) return undefined;
  const days = expiryDays[String(fields.get('expiry'))];
  return {
    name: String(fields.get('name')).trim(),
    scopes: fields.getAll('scopes') as ApiKeyScope[],
    expiresAt: days === undefined ? null : new Date(Date.now() + days * dayMs).toISOString(),
    creditLimit: limit === '' ? null : Number(limit),
  };
}
