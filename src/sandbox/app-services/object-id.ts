/** Makes an ObjectID: eight digits of seconds, ten that name its maker, six of a counter (app-services.md 1.4). */
export function objectId(seconds: number, maker: string, counter: number): string {
  return hex(seconds, 8) + maker + hex(counter & 0xff_ffff, 6)
}

export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text)
}

/** The ObjectID one further in its maker's sequence: a user's id follows its first identity's, a server user's its key's. */
export function nextObjectId(id: string): string {
  return id.slice(0, 18) + hex((Number.parseInt(id.slice(18), 16) + 1) & 0xff_ffff, 6)
}

export interface ObjectIds {
  /** A new one of this moment. The one after it is left free for what belongs together with it. */
  next(): string
}

/** Ids in the order of their making, apart from everything that was seeded. `now` in epoch milliseconds. */
export function createObjectIds(maker: string, now: () => number): ObjectIds {
  let counter = 0
  return {
    next() {
      counter += 2
      return objectId(Math.floor(now() / 1000), maker, counter)
    },
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
