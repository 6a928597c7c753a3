import SchemaBuilder from '@pothos/core'
import DirectivesPlugin from '@pothos/plugin-directives'
import FederationPlugin from '@pothos/plugin-federation'
import type { RequestContext } from '../src/context.ts'
import type { JsonValue } from '../src/identity/records.ts'

export interface SchemaTypes {
  Context: RequestContext
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    JSON: { Input: JsonValue; Output: unknown }
    File: { Input: UploadedFile; Output: never }
  }
}

/** A file of a multipart request: what is needed of `File`, whichever implementation it is of. */
export interface UploadedFile {
  readonly name: string
  /** In bytes. */
  readonly size: number
  arrayBuffer(): Promise<ArrayBuffer>
}

/** The one builder of the program. Fields can be null unless they say otherwise; each says for itself. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [DirectivesPlugin, FederationPlugin],
})
