/** `slipway runs …`: names and options. */
import { Argument, type Command, Option } from 'commander'
import { type Choice, choices } from '../ports/intervention.ts'
import { collect } from './name-value.ts'
import type { Act } from './program.ts'
import { outputForms, quietOption, verboseOption } from './run/output-forms.ts'
import { runArgument } from './runs/find-run.ts'
import type { World } from './world.ts'

const statuses = ['running', 'passed', 'failed', 'errored', 'aborted', 'interrupted', 'skipped']

export function addRunsCommands(program: Command, world: World, act: Act): void {
  const runs = program.command('runs').description('what was run')
  const load = async () => import('./commands/runs.ts')
  runs
    .command('list', { isDefault: true })
    .description('the newest runs')
    .option('--pipeline <name>', 'of one pipeline: its identifier or name')
    .addOption(new Option('--status <status>', 'that ended so').choices(statuses))
    .option('--limit <n>', 'how many', '20')
    .option('--json', 'as JSON')
    .action((o) => act(async () => (await load()).listRuns(o, world)))
  runs
    .command('show')
    .argument('<run>', runArgument)
    .description('one run: its steps, images, outputs and failures')
    .option('--json', 'as JSON: the view that a live run shows')
    .action((run: string, o) => act(async () => (await load()).showRun(run, o, world)))
  runs
    .command('logs')
    .argument('<run>', runArgument)
    .argument('[step]', 'only the output of this step: its path or the end of it')
    .description('the story of a run, with all output')
    .option('-f, --follow', 'go on until the run ends')
    .option('--tail <n>', 'the last lines only')
    .option('--since <time>', 'what is younger: 10m, 2h, 2026-01-31T10:00:00Z')
    .action((run: string, step: string | undefined, o) => act(async () => (await import('./runs/logs-of-run.ts')).logsOfRun(run, step, o, world)))
  runs
    .command('answer')
    .argument('<run>', runArgument)
    .addArgument(new Argument('[choice]', 'what to do; without it, what is asked is shown').choices(choices))
    .description('decide what a run is to do about a failed step, from another terminal than its own')
    .option('--step <step>', 'which of several that wait: its path or the end of it')
    .action((run: string, choice: Choice | undefined, o) => act(async () => (await import('./runs/answer-run.ts')).answerRun(run, choice, o, world)))
  runs
    .command('abort')
    .argument('<run>', runArgument)
    .description('ask a run to end, from another terminal than its own')
    .option('--now', 'without the time that steps have to end by themselves')
    .action((run: string, o) => act(async () => (await import('./runs/abort-run.ts')).abortRun(run, o, world)))
  runs
    .command('rerun')
    .argument('<run>', runArgument)
    .description('run it again, with the inputs it had')
    .option('--from-failed', 'take the stages that passed as they were')
    .option('--input <path=value>', 'another value of an <+input>; may be repeated', collect, [])
    .option('--var <name=value>', 'another value of a pipeline variable; may be repeated', collect, [])
    .option('--output <form>', 'auto, plain, ndjson or junit; with =FILE (plain, ndjson, junit) beside it, into a file; may be repeated', outputForms)
    .addOption(quietOption())
    .addOption(verboseOption())
    .action((run: string, o) => act(async () => (await import('./commands/rerun.ts')).rerunCommand(run, o, world)))
  runs
    .command('resume')
    .argument('[run]', `${runArgument}; without it the latest that was interrupted`)
    .description('go on with a run whose process died: its pods are taken up as they are')
    .option('--output <form>', 'auto, plain, ndjson or junit; with =FILE (plain, ndjson, junit) beside it, into a file; may be repeated', outputForms)
    .option('--json', 'as --output ndjson')
    .addOption(quietOption())
    .addOption(verboseOption())
    .action((run: string | undefined, o) => act(async () => (await import('./commands/resume.ts')).resumeCommand(run, o, world)))
  runs
    .command('delete')
    .argument('<run...>', runArgument)
    .description('forget runs, with their logs')
    .action((names: string[]) => act(async () => (await import('./runs/remove-runs.ts')).deleteRuns(names, world)))
  runs
    .command('prune')
    .description('forget old runs, and logs that belong to no run')
    .option('--keep <n>', 'the newest of each pipeline stay')
    .option('--older-than <duration>', 'only what was started longer ago: 30d, 12h')
    .option('--dry-run', 'only say what would go')
    .option('--json', 'as JSON')
    .action((o) => act(async () => (await import('./runs/remove-runs.ts')).pruneRuns(o, world)))
}
