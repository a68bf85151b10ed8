/** Labels mark what belongs to whom, and find it again. */

export type Labels = Readonly<Record<string, string>>

/** As a query. */
export function filtersOf(label: string, value: string): URLSearchParams {
  return new URLSearchParams({ filters: JSON.stringify({ label: [`${label}=${value}`] }) })
}
