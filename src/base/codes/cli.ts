/** Codes of the command line. */
import type { CodeEntry } from '../codes.ts'

export const cliCodes = {
  FILE_UNREADABLE: {
    severity: 'error',
    message: 'the file {file} cannot be read: {reason}',
    hint: 'check the path; it is relative to {cwd}',
    explain: 'The file named on the command line does not exist, or may not be read.',
  },
  FILE_UNWRITABLE: {
    severity: 'error',
    message: 'the file {file} cannot be written: {reason}',
    hint: 'check the folder and its permissions',
    explain: 'The file or its folder may not be written, or the disk is full.',
  },
  BUILD_TAG_NEEDED: {
    severity: 'error',
    message: 'a pushed image needs a name',
    hint: 'add -t REPOSITORY:TAG, as often as needed',
    explain: '`--push`, or an output of type registry, sends the image to the registries of its tags. Without `-t` there is none.',
  },
  BUILD_OUTPUT_UNKNOWN: {
    severity: 'error',
    message: 'the output "{output}" is not known here',
    hint: 'known: DIR; type=docker,dest=FILE; type=oci,dest=FILE; type=oci,dest=DIR,tar=false; type=tar,dest=FILE; type=local,dest=DIR; type=registry; type=image',
    explain:
      'Images are written as archives or layouts, pushed, kept in the image store or handed to a Docker Engine; `tar` and `local` write the files of the last stage. Other exporters of BuildKit are not there.',
  },
  CODE_UNKNOWN: {
    severity: 'error',
    message: 'there is no error code {found}',
    explain: '`slipway explain CODE` explains the codes that messages show in brackets. They are listed in docs/errors.md.',
  },
  RUN_NOT_FOUND: {
    severity: 'error',
    message: 'there is no run {run}',
    hint: '`slipway runs list` shows the runs',
    explain:
      'Runs are named by their id, by its beginning, by their number (`#7`, or `PIPELINE#7` where several pipelines have one), or as `last`. The history of the data folder has none of that name.',
  },
  RUN_AMBIGUOUS: {
    severity: 'error',
    message: 'the run {run} could be any of: {runs}',
    hint: 'give more of the id, or the pipeline in front of the number',
    explain: 'Every pipeline counts its own runs, and ids that begin alike are from the same moment. The command wants exactly one run.',
  },
  RUN_STEP_UNKNOWN: {
    severity: 'error',
    message: 'the run has no step {step}',
    explain:
      'Steps are named by their path (`stage/group/step`), or by its end where only one step of the run ends so. Turns of a loop end in `_0`, `_1` and so on.',
  },
  RUN_ASKS_NOTHING: {
    severity: 'error',
    message: 'no step of the run {run} waits for a decision',
    hint: '`slipway runs show` tells how it stands',
    explain:
      'A run asks what to do about a failed step only where its failure strategy is ManualIntervention, until the timeout of that. Inputs are asked for before a run begins and cannot be answered from elsewhere: give them with --input or --inputs-file.',
  },
  RUN_ASKS_SEVERAL: {
    severity: 'error',
    message: 'several steps of the run {run} wait for a decision: {steps}',
    hint: 'name one with --step',
    explain: 'Each failed step is decided by itself.',
  },
  RUN_ANSWERED: {
    severity: 'error',
    message: 'somebody else has just decided what to do about {step}',
    hint: '`slipway runs logs -f` shows how it goes on',
    explain: 'A question takes one answer, the first.',
  },
  RUN_RUNNING: {
    severity: 'error',
    message: 'the run {run} is still running',
    hint: 'end it first: `slipway runs abort`, or Ctrl-C in its terminal',
    explain: 'A run is removed when nobody writes to it any more. A run whose process died counts as interrupted, and can be removed.',
  },
  RUN_NOT_REPEATABLE: {
    severity: 'error',
    message: 'it was not kept what run {run} was started with',
    hint: 'start it anew: slipway run {file}',
    explain: 'Runs of earlier versions kept only what happened, not the inputs. They can be looked at, but not repeated.',
  },
  RUN_INTERRUPTED: {
    severity: 'info',
    message: 'the process of run {run} died before the run was over',
    hint: '`slipway runs resume {id}` goes on with it',
    explain:
      'A run whose process was killed, or whose machine went down, is listed as interrupted. Stages that were over stay as they are, and stages on Kubernetes outlive their runner: `slipway runs resume` goes on from there. This is said once.',
  },
  RUN_AT_WORK: {
    severity: 'error',
    message: 'the run {run} is at work: a living process runs it',
    hint: '`slipway runs logs -f {id}` shows how it goes on',
    explain: 'Only a run whose process died can be gone on with, and of two that want to go on with it one gets it.',
  },
  RUN_ENDED: {
    severity: 'error',
    message: 'the run {run} is over: {status}',
    hint: 'begin it anew: `slipway runs rerun {id}`, with `--from-failed` from the first stage that did not pass',
    explain: 'Only a run whose process died in the middle of it can be gone on with.',
  },
  RUN_NONE_INTERRUPTED: {
    severity: 'error',
    message: 'no run was interrupted',
    hint: '`slipway runs list` shows the runs and how they ended',
    explain: '`slipway runs resume` without a run takes the latest one whose process died. There is none.',
  },
  RUN_NOTHING_LEFT: {
    severity: 'error',
    message: 'nothing is left of run {run} to go on with',
    hint: 'begin it anew: slipway runs rerun {id}',
    explain:
      'No stage of it was over, and none was under way on Kubernetes, whose pods outlive their runner. What ran on its own machine or in a Docker Engine ended with it.',
  },
  RESUME_TEXT_CHANGED: {
    severity: 'error',
    message: '{file} is not what it was when run {run} began, so its containers do not fit any more',
    hint: 'put the file back as it was, or run it as it is now: slipway runs rerun {id} --from-failed',
    explain:
      'A run goes on with the containers that were made for the steps it had, and with the outputs of those that have ended. With another text, steps would be taken for others.',
  },
  RERUN_TEXT_CHANGED: {
    severity: 'warning',
    message: '{file} is not what it was for run {run}: the file as it is now is run',
    explain:
      'A run again takes the inputs of the first run and the pipeline file as it is now. With `--from-failed`, stages that passed are not run again, even if the file has other steps for them now.',
  },
  RERUN_CODE_CHANGED: {
    severity: 'warning',
    message: 'run {run} built {before}, the code is at {now} now, and that is built',
    hint: 'check out {before} first to build the same code',
    explain:
      'The code under build is the work tree as it is. Expressions such as `<+codebase.commitSha>` tell of the code that is built; what only the first run knew is taken from there.',
  },
  RERUN_NOTHING_FAILED: {
    severity: 'error',
    message: 'no stage of run {run} failed',
    hint: 'run all of it again: slipway runs rerun {run}',
    explain: '`--from-failed` takes the stages that passed as they were and runs from the first that did not pass. Here all of them passed.',
  },
  RERUN_INPUTS_FIXED: {
    severity: 'error',
    message: 'the pipeline does not allow other inputs when it is run again',
    hint: 'leave --input and --var away, or take fixedInputsOnRerun out of the pipeline',
    explain: 'With `fixedInputsOnRerun: true` a run again has exactly the inputs of the run it repeats.',
  },
  STAGE_SELECTED_UNKNOWN: {
    severity: 'error',
    message: 'the pipeline has no stage {stage}',
    explain: '`--stage` takes identifiers of stages, with commas between them or given several times. The stages that are not named are skipped.',
  },
  STAGE_SELECTION_UNUSUAL: {
    severity: 'warning',
    message: 'the pipeline does not set allowStageExecutions, so Harness would not run single stages of it',
    hint: 'set `allowStageExecutions: true` if its stages can run alone',
    explain: 'Authors say with `allowStageExecutions` that stages of a pipeline make sense alone. Slipway runs them all the same.',
  },
  SERVE_TLS_HALF: {
    severity: 'error',
    message: 'HTTPS needs both --tls-cert and --tls-key',
    explain: 'A certificate without its key, or a key without its certificate, cannot serve anybody.',
  },
  SERVE_USERS_BAD: {
    severity: 'error',
    message: 'line {line} of {file} is not user:password',
    explain: 'The file given as --users has one user per line, a colon and the password. Blank lines and lines that begin with # are passed over.',
  },
  LISTEN_BAD: {
    severity: 'error',
    message: '"{text}" is no address to listen on',
    hint: 'write HOST:PORT, such as 127.0.0.1:5000; port 0 takes a free one',
    explain: 'Servers listen on one address per `--listen`.',
  },
  LISTEN_FAILED: {
    severity: 'error',
    message: 'cannot listen on {address}: {reason}',
    hint: 'choose another port, or 0 for a free one',
    explain: 'The address is in use, or needs rights that the process does not have.',
  },
  NAME_VALUE_BAD: {
    severity: 'error',
    message: '{option} wants NAME=VALUE, not "{text}"',
    explain: 'The option sets one value by name; write the name, an equals sign and the value, in quotes when it has spaces.',
  },
} as const satisfies Record<string, CodeEntry>
