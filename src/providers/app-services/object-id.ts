/** Ids of users, apps, projects, keys, devices and registrations: lower-case hex (app-services.md 1.4). */
export const objectIdPattern = /^[0-9a-f]{24}$/

export function isObjectId(value: string): boolean {
  return objectIdPattern.test(value)
}

/** When the thing with this id was made, to the second: the first 8 digits are epoch seconds (app-services.md 1.4). */
export function creationTimeOf(objectId: string): Date {
  return new Date(Number.parseInt(objectId.slice(0, 8), 16) * 1000)
}
