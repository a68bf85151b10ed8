/** YAML text (JSON included) to positioned nodes. Never throws: whatever the text, there are documents and diagnostics. */
import { Composer, type CST, type Document, Parser, type YAMLError } from 'yaml'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import { buildDocument } from './build.ts'
import { withoutCascades } from './cascade.ts'
import { yamlLimits } from './limits.ts'
import { refusal } from './measure.ts'
import type { YamlNode } from './node.ts'
import { syntaxDiagnostic } from './syntax-error.ts'

export interface ParsedYaml {
  /** Documents that hold something: between two `---` with only comments there is none. With errors they may be incomplete. */
  readonly documents: readonly YamlNode[]
  /** In the order of the file. */
  readonly diagnostics: readonly Diagnostic[]
}

export function parseYaml(file: SourceFile): ParsedYaml {
  if (file.text.length > yamlLimits.fileLength) return refused(diagnose('YAML_TOO_LARGE', { limit: yamlLimits.fileLength }, { at: file.span(0) }))
  try {
    const tokens = [...new Parser().parse(file.text)]
    const reason = refusal(tokens, file)
    return reason === undefined ? compose(tokens, file) : refused(reason)
  } catch (error) {
    return refused(diagnose('YAML_SYNTAX', { what: error instanceof Error ? error.message : String(error) }, { at: file.span(0) }))
  }
}

function compose(tokens: CST.Token[], file: SourceFile): ParsedYaml {
  const composer = new Composer({ version: '1.2', schema: 'core', intAsBigInt: true, uniqueKeys: false, prettyErrors: false, strict: true, logLevel: 'silent' })
  const complaints: YAMLError[] = []
  const found: Diagnostic[] = []
  const documents: YamlNode[] = []
  for (const document of composedFrom(tokens, composer)) {
    complaints.push(...document.errors, ...document.warnings)
    const node = buildDocument(document as Document.Parsed, file, (d) => found.push(d))
    if (node !== undefined) documents.push(node)
  }
  const rest = composer.streamInfo()
  const told = withoutCascades([...complaints, ...rest.errors, ...rest.warnings], file)
  const written = told.map((error) => syntaxDiagnostic(error, file)).filter((d) => d !== undefined)
  return { documents, diagnostics: inOrder([...written, ...found]) }
}

/** As the composer's own loop, but each token is let go when it is composed: together they take more memory than all that is made of them. */
function* composedFrom(tokens: CST.Token[], composer: Composer): Generator<Document> {
  tokens.reverse()
  for (let token = tokens.pop(); token !== undefined; token = tokens.pop()) yield* composer.next(token)
  yield* composer.end()
}

function refused(reason: Diagnostic): ParsedYaml {
  return { documents: [], diagnostics: [reason] }
}

function inOrder(diagnostics: Diagnostic[]): readonly Diagnostic[] {
  const sorted = withoutRepeats(diagnostics.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.col ?? 0) - (b.at?.col ?? 0)))
  const more = sorted.length - yamlLimits.diagnostics
  return more <= 0 ? sorted : [...sorted.slice(0, yamlLimits.diagnostics), diagnose('YAML_MORE', { count: more })]
}

/** One mistake often draws several complaints at one place: the first is kept. */
function withoutRepeats(sorted: readonly Diagnostic[]): readonly Diagnostic[] {
  return sorted.filter((d, i) => {
    const before = sorted[i - 1]
    return before === undefined || before.at?.line !== d.at?.line || before.at?.col !== d.at?.col
  })
}
