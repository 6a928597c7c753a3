const msPerDay = 86_400_000

/** The first millisecond of the year 10000, from which on years have more digits. */
const endOfFourDigits = Date.UTC(10_000, 0)

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
const threeDigits = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'))

/** Days that were written before, each in the place of its number modulo as many: the times of one tenant fall on few days. */
const knownDays = Array.from({ length: 4_096 }, () => ({ day: -1, text: '' }))

/**
 * A time in UTC with milliseconds, exactly as `toISOString` writes it, which takes four times as long and was 4 % of an answer that is full
 * of times (bench/README.md). Throws `RangeError` for a date that is none.
 */
export function isoTimeOf(date: Date): string {
  const ms = date.getTime()
  if (!(ms >= 0 && ms < endOfFourDigits)) return date.toISOString()
  const day = Math.floor(ms / msPerDay)
  const inDay = ms - day * msPerDay
  const seconds = Math.floor(inDay / 1_000)
  const hour = twoDigits[Math.floor(seconds / 3_600)]
  const minute = twoDigits[Math.floor(seconds / 60) % 60]
  return `${textOfDay(day, date)}T${hour}:${minute}:${twoDigits[seconds % 60]}.${threeDigits[inDay % 1_000]}Z`
}

function textOfDay(day: number, date: Date): string {
  const known = knownDays[day % knownDays.length]
  if (known?.day === day) return known.text
  const [text = ''] = date.toISOString().split('T')
  if (known) Object.assign(known, { day, text })
  return text
}
