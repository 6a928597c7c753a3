import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The documents that a client was built with, by their names: every `.graphql` file of a folder, or the members of a JSON file (`{ "name":
 * "query …" }`, as Relay and GraphQL Code Generator write it by hash). Throws where there is no such place, or something else in it.
 */
export async function readKnownDocuments(path: string): Promise<ReadonlyMap<string, string>> {
  const documents = (await stat(path)).isDirectory() ? await readFolder(path) : await readManifest(path)
  if (documents.size === 0) throw new Error('there is no document in it')
  return documents
}

async function readFolder(path: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(path, { recursive: true })).filter((name) => /\.(graphql|gql)$/.test(name)).toSorted()
  return new Map(
    await Promise.all(
      names.map(async (name) => [name.replace(/\.\w+$/, ''), await readFile(join(path, name), 'utf8')] as const),
    ),
  )
}

async function readManifest(path: string): Promise<ReadonlyMap<string, string>> {
  const manifest: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) throw new Error('it is no object')
  return new Map(
    Object.entries(manifest).map(([name, document]: [string, unknown]) => {
      if (typeof document !== 'string') throw new Error(`the document ${name} is no text`)
      return [name, document] as const
    }),
  )
}
