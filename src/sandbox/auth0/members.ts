/** The object without the members that are `undefined`, as JSON would leave them out. */
export function definedMembers<Members extends object>(
  members: Members,
): { [Name in keyof Members]: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Members]: Exclude<Members[Name], undefined> } // what was undefined is gone
}
