/** The options that say what is run and how it is shown, of every command that runs a pipeline. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readBytes } from '../../base/read-bytes.ts'
import { collect } from '../name-value.ts'
import { outputForms, quietOption, verboseOption } from './output-forms.ts'

function amount(text: string): number {
  const bytes = readBytes(text)
  if (bytes === undefined) throw new InvalidArgumentError('An amount is a number with or without a unit: 25KB, 5MB.')
  return bytes
}

export const infraOption = (): Option =>
  new Option('--on <infrastructure>', 'run every stage there; on fake nothing is real and hours pass at once (docs/fake.md)').choices([
    'local',
    'docker',
    'kubernetes',
    'fake',
  ])
export const codebaseOption = (): Option =>
  new Option('--codebase <dir|url>', 'the code under build: a folder to copy, or URL[#branch:NAME|tag:NAME|commit:SHA|pr:NUMBER] to clone')
export const cloneOption = (): Option => new Option('--clone', 'clone what the codebase of the pipeline names, or the work tree that holds the file')
export const scannerOption = (): Option => new Option('--scanner <scanner>', 'what scans').choices(['osv', 'trivy'])
export const engineOption = (): Option => new Option('--engine <engine>', 'what builds').choices(['embedded', 'buildx', 'kaniko'])

export function runOptions(command: Command): Command {
  return command
    .addOption(infraOption())
    .addOption(engineOption())
    .addOption(scannerOption())
    .addOption(codebaseOption())
    .addOption(cloneOption())
    .option('--input <path=value>', 'value of an <+input>; may be repeated', collect, [])
    .option('--inputs-file <file>', 'values of inputs as YAML: path: value, or an input set')
    .option('--var <name=value>', 'value of a pipeline variable; may be repeated', collect, [])
    .option('--stage <ids>', 'run these stages only, with commas between them; may be repeated', collect)
    .option('--map <host=url>', 'send a registry host elsewhere; may be repeated', collect, [])
    .option('--debug-auth', 'say which credential is chosen, and why')
    .option('--ask', 'wait for decisions where there is no terminal too: slipway runs answer gives them')
    .option('--no-ask', 'ask nothing: take what the pipeline says for when nobody answers')
    .option('--log-line <size>', 'cut longer lines of output, such as at 25KB', amount)
    .option('--log-step <size>', 'keep the beginning and the end of longer logs, such as 5MB in all', amount)
    .option('--output <form>', 'auto, plain, ndjson or junit; with =FILE (plain, ndjson, junit) beside it, into a file; may be repeated', outputForms)
    .addOption(quietOption())
    .addOption(verboseOption())
}
