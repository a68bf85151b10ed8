/** Expressions as a tree. Offsets point into the template's text. */
export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | '=^' | '!^' | '=$' | '!$' | '+' | '-' | '*' | '/' | '%'
export type ChoiceOperator = '&&' | '||' | '?:' | '??'
export type UnaryOperator = '!' | '-' | '+' | 'empty' | 'size'

interface Placed {
  readonly start: number
  readonly end: number
}

/** A name or text of which some pieces are computed: `s1<+strategy.postFix>`, `"v<+pipeline.name>"`. */
export type Pieces = readonly (string | Expr)[]

export type Expr =
  | (Placed & { readonly kind: 'literal'; readonly value: null | boolean | number /** Written with a point: 4.0 */; readonly float: boolean })
  | (Placed & { readonly kind: 'text'; readonly pieces: Pieces })
  | (Placed & { readonly kind: 'list'; readonly items: readonly Expr[] })
  | (Placed & { readonly kind: 'map'; readonly entries: readonly { readonly key: Expr; readonly value: Expr }[] })
  | (Placed & { readonly kind: 'name'; readonly name: Pieces })
  | (Placed & { readonly kind: 'member'; readonly object: Expr; readonly name: Pieces; readonly safe: boolean })
  | (Placed & { readonly kind: 'index'; readonly object: Expr; readonly index: Expr })
  | (Placed & { readonly kind: 'call'; readonly object: Expr | undefined; readonly name: string; readonly args: readonly Expr[]; readonly safe: boolean })
  | (Placed & { readonly kind: 'nested'; readonly inner: Expr })
  | (Placed & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expr })
  | (Placed & {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expr
      readonly right: Expr /** `a-b` without spaces may have been meant as a name. */
      readonly tight: boolean
    })
  | (Placed & { readonly kind: 'choice'; readonly operator: ChoiceOperator; readonly left: Expr; readonly right: Expr })
  | (Placed & { readonly kind: 'ternary'; readonly test: Expr; readonly yes: Expr; readonly no: Expr | undefined })

export type ExprKind = Expr['kind']

export interface ExprPart {
  readonly kind: 'expr'
  readonly expr: Expr
  /** From `<+` to `>`, both included. */
  readonly start: number
  readonly end: number
}

export interface Template {
  readonly source: string
  readonly parts: readonly (string | ExprPart)[]
}
