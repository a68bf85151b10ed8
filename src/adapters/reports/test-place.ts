/** Where a test failed: what its report says, else the first place that its own words name. */
export interface TestPlace {
  readonly file: string
  readonly line?: number
}

/** `File "x.py", line 3` of Python, and `x.ts:3`, `(X.java:3)` of most others. */
const places = [/File "([^"\n]{1,500})", line (\d{1,9})/, /([\w./\\@+-]{1,500}\.[A-Za-z]\w{0,9}):(\d{1,9})/] as const

export function testPlace(attributes: Readonly<Record<string, string>>, details: string): TestPlace | undefined {
  const { file, line } = attributes
  if (file !== undefined && file !== '') return { file, ...(line !== undefined && /^\d{1,9}$/.test(line) && { line: Number(line) }) }
  for (const pattern of places) {
    const match = pattern.exec(details)
    if (match?.[1] !== undefined) return { file: match[1], line: Number(match[2]) }
  }
  return undefined
}
