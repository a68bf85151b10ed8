/** How much an expression may ask for. Generous for people, final for machines. */
export const exprLimits = {
  /** Parentheses, nested delimiters, unary operators inside one another. */
  nesting: 200,
  /** Operators or accesses in one chain, such as a + b + c. */
  chain: 2000,
  /** Problems reported of one template. */
  problems: 20,
  /** Characters of one evaluated value. */
  valueLength: 256 * 1024,
  /** Values whose text holds expressions, inside one another. */
  sources: 10,
  /** Units of work of one evaluation: nodes visited, characters looked at, regex states entered. */
  steps: 5_000_000,
  /** Instructions of one compiled pattern. */
  regexProgram: 4000,
} as const
