import type { Row } from './row.ts'
import { accessRows } from './rows-access.ts'
import { accountRows } from './rows-accounts.ts'
import { contactRows } from './rows-contacts.ts'
import { credentialRows } from './rows-credentials.ts'
import { groupRows } from './rows-groups.ts'

/** Every mutation of the schema, once. */
export const rows: Readonly<Record<string, Row>> = {
  ...accountRows,
  ...credentialRows,
  ...contactRows,
  ...groupRows,
  ...accessRows,
}
