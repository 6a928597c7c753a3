/** A list that is a bare array unless `paginated=true` (clerk.md 2.1). */
export function listAnswer(query: URLSearchParams, page: readonly unknown[], totalCount: number): object {
  return query.get('paginated') === 'true' ? pageAnswer(page, totalCount) : page
}

export function pageAnswer(page: readonly unknown[], totalCount: number): object {
  return { data: page, total_count: totalCount }
}
