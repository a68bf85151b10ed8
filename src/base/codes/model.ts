/** Codes of the pipeline model: what a well-formed file says that cannot be meant. */
import type { CodeEntry } from '../codes.ts'

export const modelCodes = {
  MODEL_NO_PIPELINE: {
    severity: 'error',
    message: 'the file holds no pipeline',
    hint: 'the document must begin with `pipeline:`',
    explain: 'A pipeline file is one YAML document with the single root key `pipeline`. An empty file, a list or a document of another kind cannot be run.',
  },
  MODEL_BAD_TIMEOUT: {
    severity: 'error',
    message: '{path}: "{found}" is no timeout',
    hint: 'write 30s, 10m, 1h 30m or 1d; seconds need two digits',
    explain: 'Timeouts are numbers with the units s, m, h, d or w. Harness refuses a single digit of seconds (`5s`), and so does Slipway.',
  },
  MODEL_VARIABLE_WITHOUT_VALUE: {
    severity: 'error',
    message: 'the variable "{name}" has neither a value nor a default',
    hint: 'add `value:`',
    explain: 'A variable needs `value:` (which may be `<+input>`) or `default:`.',
  },
  MODEL_DUPLICATE_ID: {
    severity: 'error',
    message: 'the identifier "{id}" is used twice in {where}',
    hint: 'rename one of them: expressions and logs find nodes by identifier',
    explain: 'Stages of a pipeline, and steps and groups of a stage, are named by their identifier in expressions, so each must be unique.',
  },
  MODEL_STEPS_MISSING: {
    severity: 'warning',
    message: '`execution:` holds a list where `steps:` was expected; the list is taken as the steps',
    hint: 'put `steps:` between `execution:` and the list',
    explain:
      'The steps of a stage belong under `execution.steps`. A list directly under `execution:` can only mean the steps, so it is accepted with this warning.',
  },
  MODEL_STEP_UNSUPPORTED: {
    severity: 'error',
    message: 'step type {type} is known, but Slipway does not run it: {because}',
    hint: 'remove the step, or replace it as the message says',
    explain:
      'The step is valid Harness YAML. Slipway builds, scans and pushes images and runs commands; step types outside of that are refused before anything runs.',
  },
  MODEL_STEP_UNKNOWN: {
    severity: 'error',
    message: 'unknown step type "{type}"',
    explain: 'No step type of Harness CI has this name. Types are case-sensitive: `Run`, `BuildAndPushDockerRegistry`, `Plugin` …',
  },
  MODEL_STAGE_UNSUPPORTED: {
    severity: 'error',
    message: 'stage type {type} is not run by Slipway',
    hint: 'only stages of `type: CI` are run; select others out with --stage',
    explain: 'Pipelines of Harness may hold stages of other modules (Deployment, Approval …). Slipway runs CI stages only.',
  },
  MODEL_NO_INFRASTRUCTURE: {
    severity: 'info',
    message: 'the stage "{stage}" names no infrastructure: it runs on local',
    hint: 'add `platform:` and `runtime:`, or `infrastructure:`',
    explain: 'Harness wants every CI stage to say where it runs. Slipway runs a stage without it on this machine.',
  },
  MODEL_TWO_INFRASTRUCTURES: {
    severity: 'error',
    message: 'the stage "{stage}" gives both `infrastructure:` and `runtime:`',
    hint: 'keep one of them',
    explain: '`infrastructure` describes Kubernetes and VM pools, `runtime` with `platform` the Cloud and Docker runtimes. A stage has one of the two.',
  },
  INPUT_MISSING: {
    severity: 'error',
    message: 'a value is needed for {path}',
    hint: 'give it with --input {path}=VALUE',
    explain:
      'The value is a run-time input (`<+input>`) without a default. Every input is asked for with `--input PATH=VALUE` or a file given by `--inputs-file`.',
  },
  INPUT_REFUSED: {
    severity: 'error',
    message: 'the input {path} does not allow "{value}": {rule}',
    explain: 'The input names the values it accepts (`allowedValues`, `selectOneFrom`, `regex`), and the one given is not among them.',
  },
  INPUT_UNKNOWN: {
    severity: 'error',
    message: 'the pipeline has no input {path}',
    explain: 'A value was given for an input that the pipeline does not ask for. The inputs of a pipeline are its `<+input>` values, named by their path.',
  },
  PLAN_SAME_ARCHIVE: {
    severity: 'error',
    message: 'two steps that run side by side write the archive {path}',
    hint: 'give each its own file, or run them one after the other',
    explain: 'Steps of a parallel group share the workspace. Two that write one file would leave whichever came last, and a later push could take either.',
  },
  PLAN_TIMEOUT_LATE: {
    severity: 'warning',
    message: 'this timeout is not known before the run, and is not kept',
    hint: 'use inputs and variables in it, which are known then, or give the steps a `timeout:`',
    explain: 'Timeouts of groups and stages are settled before the run. Those of steps may depend on what earlier steps gave.',
  },
  PLAN_SETTING_WITHOUT_EFFECT: {
    severity: 'info',
    message: '{settings}: no effect on {infra}',
    explain:
      'Container settings such as resources, users and privileges belong to the containers of Kubernetes and Docker. Elsewhere they are accepted and do nothing; on this machine users, privileges and pull policies count for steps that name an image. Steps that make images are carried out by Slipway itself, wherever it runs, so there they do nothing either.',
  },
  PLAN_ONE_STRATEGY: {
    severity: 'error',
    message: 'a strategy has exactly one of matrix, repeat and parallelism; found: {found}',
    explain: 'Nodes are looped in one way at a time. For two dimensions use a matrix with two axes.',
  },
  PLAN_LOOP_BAD: {
    severity: 'error',
    message: '{what} of the strategy must be {wanted}',
    explain: 'The loop cannot be unrolled: axes of a matrix and items of a repeat are lists, or expressions that give a list or a text with commas.',
  },
  PLAN_LOOP_WHEN: {
    severity: 'warning',
    message: '`when` of a strategy has no effect',
    hint: 'give the looped node itself a `when`: it is asked in each turn, and may use <+matrix.X> and <+repeat.item>',
    explain: 'Whether a turn of a loop runs is decided by the `when` of the step, group or stage that is looped, once in each turn.',
  },
  PLAN_LOOP_TOO_LARGE: {
    severity: 'error',
    message: 'the strategy makes {count} children, more than {limit}',
    hint: 'split the loop, or exclude combinations',
    explain: 'A loop is unrolled into one child per turn. The limit keeps a slip of the pen from starting thousands of builds.',
  },
  PLAN_USE_FROM_UNKNOWN: {
    severity: 'error',
    message: 'useFromStage names "{stage}", which is no earlier stage',
    hint: 'earlier stages: {known}',
    explain: '`useFromStage` copies the infrastructure of a stage that stands before this one in the file.',
  },
  DYNAMIC_WRONG_TYPE: {
    severity: 'error',
    message: 'the expression gives {found}, and {expected} is needed',
    explain: 'The value of an expression does not fit the place where it stands, such as a text where only true or false make sense.',
  },
} as const satisfies Record<string, CodeEntry>
