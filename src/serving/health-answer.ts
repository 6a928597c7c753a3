import { isRefusal } from '../access/authenticate.ts'
import { type ReadHeader, showsCredentials } from '../access/credentials.ts'
import { answerHealth, readyPath } from '../requests/health.ts'
import { answerOfRefusal, type HttpAnswer } from './http-answer.ts'
import type { Serving } from './serving.ts'

/** Open to anybody, who is told one word; but not for trying out credentials. `null`: the path is another. */
export async function answerOfHealth(
  { identify, standing }: Serving,
  path: string,
  header: ReadHeader,
  connection: unknown,
): Promise<HttpAnswer | null> {
  const isAsking = path === readyPath && showsCredentials(header)
  const caller = isAsking ? await identify(header, connection) : null
  if (caller && isRefusal(caller) && caller.status === 429) return answerOfRefusal(caller)
  const answer = answerHealth(path, standing(), caller && isRefusal(caller) ? null : caller)
  if (!answer) return null
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(answer.body),
  }
}
