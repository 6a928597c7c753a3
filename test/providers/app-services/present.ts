/** An optional method that App Services has. */
export function present<Method>(method: Method | undefined): Method {
  if (method === undefined) throw new Error('App Services can do this')
  return method
}
