const maxFrames = 20

/** A place in code, and nothing else that a line could hold. */
const frame = /^\s+at (?:async )?(?:new )?[\w.$<>#[\] ]*\(?(?:file:\/\/|node:)?[\w./@+-]+:\d+:\d+\)?$/

/**
 * Where an error was thrown, innermost first. The message, which stands before the frames, may quote data of a request, and may look like
 * frames itself: it is cut off as it is, whatever it holds.
 */
export function framesOf(error: Error): readonly string[] {
  const { stack, message } = error
  if (typeof stack !== 'string') return []
  const at = message === '' ? 0 : stack.indexOf(message)
  // A message that was changed later stands in no known place.
  if (at < 0) return []
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => frame.test(line))
    .slice(0, maxFrames)
    .map((line) => line.trim().slice('at '.length))
}
