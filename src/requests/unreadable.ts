import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Refuses a request that cannot be taken apart: the server's readers expect that parts of forms and addresses hold the JSON which they
 * ought to, and throw what is not theirs where they do not.
 */
export function useUnreadableRequests(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return
      setRequestParser(async (request) => {
        try {
          return await requestParser(request)
        } catch (error) {
          throw error instanceof SyntaxError || error instanceof TypeError ? unreadable() : error
        }
      })
    },
  }
}

function unreadable(): GraphQLError {
  return new GraphQLError(
    'The request cannot be read: `variables`, `extensions`, `operations` and `map` must be JSON objects',
    {
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    },
  )
}
