/** Codes of running: infrastructures, steps, runs. */
import type { CodeEntry } from '../codes.ts'

export const engineCodes = {
  CODEBASE_WITHOUT_GIT: {
    severity: 'warning',
    message: 'git could not list the files of {folder}: the whole folder was copied',
    hint: 'install git, or run `git init` there, so that ignored files stay out of the workspace',
    explain:
      'A stage works on its own copy of the code under build: the files that git tracks or would track. Without git, or outside a work tree, everything but `.git` and `node_modules` is copied, ignored files included.',
  },
  WORKSPACE_ESCAPE: {
    severity: 'error',
    message: 'the path "{path}" leads out of the workspace',
    hint: 'give a path below /harness, or one relative to it',
    explain: 'Relative paths in settings start at the workspace of the stage (`/harness`). A path with enough `..` to leave it is refused.',
  },
  WORKSPACE_ELSEWHERE: {
    severity: 'warning',
    message: 'steps of this stage find their workspace at {folder}, not at /harness: {reason}',
    hint: 'let ordinary users make user namespaces, or run as root; scripts that use $HARNESS_WORKSPACE work either way',
    explain:
      'Each step gets namespaces of its own, in which /harness is the workspace and all processes end with the step. This system does not allow them, so steps see the machine as it is. Settings that name /harness are understood all the same.',
  },
  SHARED_PATH_REFUSED: {
    severity: 'warning',
    message: 'the shared path {path} is left out: it is not a plain absolute path beside the workspace',
    hint: 'give a path such as /shared, without expressions and outside of /harness',
    explain: 'Each of `sharedPaths` becomes an empty folder that all steps of the stage see. /harness is shared anyway.',
  },
  SHARED_PATH_IN_IMAGES_ONLY: {
    severity: 'info',
    message: 'shared paths that only steps in images see: {paths}',
    hint: 'share a folder with a name of its own, such as /shared, with steps without an image',
    explain:
      'Steps without an image see the files of this machine. A shared folder is not put over what the system needs, and not made where it would have to be made on the machine itself.',
  },
  SERVICE_PORT_NOT_MAPPED: {
    severity: 'warning',
    message: 'the service {name} answers on its own port {own}, not on {wanted}: services on this machine share its network',
    hint: 'use the port {own}, or let the service listen on {wanted}',
    explain: '`portBindings` of a service map ports of the stage to ports of its container. Without containers there is one network, and nothing to map.',
  },
  STEP_PIPE_FAILED: {
    severity: 'error',
    message: 'no pipes for the output of a step could be made: {reason}',
    hint: 'put the data folder (SLIPWAY_HOME) on a file system that can hold named pipes and programs',
    explain: 'The output of a step comes through named pipes in the folder of its stage.',
  },
  STEP_FILE_UNREADABLE: {
    severity: 'error',
    message: 'the {what} {file} cannot be read: {reason}',
    hint: 'give a path below /harness, or one relative to it, and let an earlier step write the file',
    explain: 'A setting of the step names a file of the workspace: a policy, a certificate, a docker configuration. It is read just before the step works.',
  },
  STEP_START_FAILED: {
    severity: 'error',
    message: 'the {program} of the step could not be started: {reason}',
    hint: 'install it, or choose another with `shell:` or `image:`',
    explain: 'The step never ran. Usually a program, such as the one of its shell, is not installed on the machine or in the image of the step.',
  },
  STEP_PROGRAM_MISSING: {
    severity: 'error',
    message: 'the step needs {programs}, which is not {where}',
    hint: 'install it, or run the step in an image that has it: `image:`',
    explain: 'The shell of the step, or its entrypoint, is a program that was not found. Nothing of the step was run.',
  },
  STEP_OUTPUT_TOO_LARGE: {
    severity: 'error',
    message: 'the step hands back {size} bytes in "{name}", more than the {most} that an output may have',
    hint: 'hand back the name of a file in the workspace instead',
    explain: 'Outputs become variables and arguments of later steps, so they are kept short. They are refused rather than cut.',
  },
  LOG_CUT: {
    severity: 'warning',
    message: 'the log of this step came to a limit: {bytes} left out, {lines} cut',
    hint: 'raise `logs` in .slipway/config.yaml, or leave it out for whole logs',
    explain:
      'A limit was set for the lines or for the whole log of a step. Of a line its beginning is kept, of a step its beginning and its very end; marks in the log say where something is missing. The step itself is not affected.',
  },
  STEP_IMAGE_IMPOSSIBLE: {
    severity: 'error',
    message: 'steps cannot run in images ({image}) on this machine: {reason}',
    hint: 'docs/sandbox.md says what the machine has to allow; `--on docker` leaves it to Docker',
    explain: 'Steps with `image:` run in that image, in the same sandbox as the RUN instructions of builds. This machine does not allow what it needs.',
  },
  STEP_IMAGE_FAILED: {
    severity: 'error',
    message: 'the step could not be started in its image {image}: it was not possible to {what} ({reason})',
    explain: 'The step never ran. The sandbox for steps in images could not be set up as the image and the step ask for it.',
  },
  STEP_IMAGE_WITHOUT_COMMAND: {
    severity: 'error',
    message: 'the image {image} says nothing about what to start',
    hint: 'give the step a `command`, or an `entrypoint`',
    explain: 'A step without a command runs what its image starts: ENTRYPOINT with CMD. This image has neither.',
  },
  STEP_IMAGE_NOT_HERE: {
    severity: 'error',
    message: 'the image {image} is not on this machine, and the step says never to pull it',
    hint: 'pull it once with `imagePullPolicy: IfNotPresent`, or build it in an earlier step',
    explain: 'With `imagePullPolicy: Never` a step takes images of the image store and those that earlier steps pulled, with all their layers.',
  },
  STEP_WORKER_ENDED: {
    severity: 'error',
    message: 'the process that carries out steps in images ended: {why}',
    explain:
      'Who is not root has steps in images carried out by a second process of Slipway, which is root of a user namespace of its own. It ended before it could say how the step went.',
  },
  STEP_PRIVILEGED: {
    severity: 'info',
    message: '`privileged` in the image {image}: the step has all rights in namespaces of its own, which may be fewer than on a cluster',
    explain:
      'It may mount, trace and change kernel settings as far as the system lets the user of Slipway do so. It sees the usual devices only, and started by an ordinary user it stays within that user namespace.',
  },
  STEP_SHELL_UNKNOWN: {
    severity: 'error',
    message: 'infrastructure local cannot run the shell "{shell}"',
    hint: 'shells it runs: {known}',
    explain: 'The step asks for a shell that this infrastructure does not drive yet.',
  },
  STEP_EXIT_CODE: {
    severity: 'error',
    message: 'the command ended with exit code {exit}',
    explain: 'The script of the step ran and failed. Its last lines of output are shown with the failure; the whole log is in `slipway runs logs`.',
  },
  STEP_KILLED: {
    severity: 'error',
    message: 'the command was ended by the signal {signal}',
    explain: 'Something outside the step killed it: the kernel when memory ran out, an operator, or the step itself.',
  },
  STEP_OUT_OF_MEMORY: {
    severity: 'error',
    message: 'the command ran out of memory and was ended',
    hint: 'raise `resources.limits.memory` of the step',
    explain: 'The kernel ended the step because it wanted more memory than there is, or than its `resources` allow.',
  },
  STEP_OUTPUT_NOT_NUMBER: {
    severity: 'warning',
    message: 'the output {name} is declared a Number and is "{value}"',
    hint: 'leave `type: Number` out, or give a number',
    explain: 'The output is handed on as text. Expressions that reckon with it fail.',
  },
  STEP_OUTPUT_LINES_IGNORED: {
    severity: 'warning',
    message: '{count} lines of the file of outputs are no NAME=value, the first one is: {line}',
    hint: 'put values with several lines in double quotes',
    explain: 'Steps write outputs to the file that `DRONE_OUTPUT` names, a line `NAME=value` for each. Other lines say nothing.',
  },
  STEP_OUTPUT_NOT_MASKED: {
    severity: 'warning',
    message: 'the secret output {name} is shorter than 4 characters and cannot be masked',
    hint: 'give a longer value',
    explain: 'Masking a very short text would black out half of every log, so it is left alone.',
  },
  REPORT_MISSING: {
    severity: 'warning',
    message: 'there is no test report "{pattern}"',
    hint: 'paths are relative to the workspace, and `**` stands for any folders',
    explain: 'The step names test reports with `reports`, and no file has that name. How the step ended does not change.',
  },
  REPORT_BROKEN: {
    severity: 'warning',
    message: 'the test report {file} is broken at line {line}, column {column}: {reason}',
    hint: 'the tests before that place are counted',
    explain: 'A test report of the step is no JUnit XML, or ends early, or asks for more than a report may (own entities, endless nesting).',
  },
  REPORTS_TOO_MANY: {
    severity: 'warning',
    message: '{count} test reports were left out: more than {files} files or {bytes} bytes are not read',
    hint: 'name them more precisely in `reports`',
    explain: 'The patterns of `reports` match more than can be meant.',
  },
  REPORTS_UNREADABLE: {
    severity: 'warning',
    message: 'the test reports could not be read: {reason}',
    explain: 'Reading the test reports of the step failed. How the step ended does not change.',
  },
  ARTIFACT_FILE_UNREADABLE: {
    severity: 'warning',
    message: 'what the step has published is not shown: {file}: {reason}',
    explain:
      'A step that names a file in PLUGIN_ARTIFACT_FILE publishes with it what the page lists under Artifacts: links (`{"kind": "fileUpload/v1", "data": {"fileArtifacts": [{"name": …, "url": …}]}}`) or images (`docker/v1`). This one says neither. How the step ended does not change.',
  },
  SERVICE_READY_PORT: {
    severity: 'error',
    message: 'SLIPWAY_READY_TCP is "{text}", which is no port',
    hint: 'give the number of the port that the service listens on, from 1 to 65535',
    explain: 'A Background step with this variable counts as started once something takes connections on that port of the stage.',
  },
  SERVICE_REPORTS: {
    severity: 'warning',
    message: 'test reports of a Background step are not read',
    hint: 'run the tests in a Run step with `reports`',
    explain: 'A service runs until its stage ends, so there is no moment at which its reports would be complete.',
  },
  SERVICE_READY: {
    severity: 'info',
    message: 'the service is ready: {how}',
    explain: 'The Background step says how to know that its service is ready (`SLIPWAY_READY_...`), and that has come true: later steps may start.',
  },
  SERVICE_NOT_READY: {
    severity: 'error',
    message: 'the service was not ready within {limit}: {waited}',
    hint: 'look at its log; give it more time with `timeout:`',
    explain: 'The Background step says how to know that it is ready, and that did not come true in time: the `timeout:` of the step, else two minutes.',
  },
  SERVICE_ENDED_EARLY: {
    severity: 'error',
    message: 'the service ended before it was ready: {exit}',
    hint: 'look at its log',
    explain: 'The Background step says how to know that it is ready. Its process ended before that came true.',
  },
  SERVICE_ENDED: {
    severity: 'warning',
    message: 'the service {service} ended before its stage: {exit}',
    hint: 'let the service run in the foreground until it is ended',
    explain: 'A Background step shall live as long as its stage. What it started went away with its process.',
  },
  SERVICE_END_FAILED: {
    severity: 'warning',
    message: 'the service {service} could not be ended cleanly: {reason}',
    explain: 'At the end of a stage its services are ended. That one of them resists does not change the outcome of the stage.',
  },
  STEP_TIMEOUT: {
    severity: 'error',
    message: 'the step took longer than its timeout of {timeout}',
    hint: 'raise `timeout:` of the step, or find out what it waits for in its log',
    explain: 'A step is ended when its `timeout:` has passed, politely first, then for good after ten seconds.',
  },
  GROUP_TIMEOUT: {
    severity: 'error',
    message: 'the group {group} took longer than its timeout of {timeout}',
    hint: 'raise `timeout:` of the group',
    explain:
      'When the time of a group is up, its running steps are ended and the rest is not begun. Tries of the group count together. Its failure strategies, and those of what is around it, are asked what to make of it.',
  },
  STAGE_TIMEOUT: {
    severity: 'error',
    message: 'the stage took longer than its timeout of {timeout}',
    hint: 'raise `timeout:` of the stage, or of the pipeline',
    explain:
      'When the time of a stage is up, its running steps are ended and the rest is not begun. Failure strategies of the stage are asked what to make of it.',
  },
  RUN_TIMEOUT: {
    severity: 'error',
    message: 'the run took longer than the timeout of the pipeline, {timeout}',
    hint: 'raise `timeout:` of the pipeline',
    explain: 'When the time of a run is up, everything under way is ended. The time in which a person is asked counts too.',
  },
  FAILURE_IGNORED: {
    severity: 'info',
    message: 'the failure is ignored, as a failure strategy says',
    explain: 'The step counts as failed, but everything after it goes on as if it had passed.',
  },
  FAILURE_MARKED_SUCCESS: {
    severity: 'info',
    message: 'the failure counts as success, as a failure strategy says',
    explain: 'The step is shown as passed; its log tells that it was not.',
  },
  FAILURE_NO_ROLLBACK: {
    severity: 'warning',
    message: 'there is nothing to roll back in a {what} that builds: the failure stays a failure',
    hint: 'use MarkAsFailure or Abort',
    explain: 'Rollback belongs to deployments. A pipeline that builds has no steps for it.',
  },
  INTERVENTION_NOBODY: {
    severity: 'warning',
    message: 'nobody can be asked what to do: {action} is taken, as after the timeout',
    hint: 'run it in a terminal, or with --ask: see `slipway runs answer`',
    explain: 'ManualIntervention waits for a person. Where nobody can answer, waiting would only take time, so its onTimeout action is taken at once.',
  },
  INTERVENTION_TIMEOUT: {
    severity: 'warning',
    message: 'nobody has decided within {timeout}: {action} is taken',
    explain: 'ManualIntervention waited for a person for as long as its timeout says; then its onTimeout action is taken.',
  },
  STEP_NOT_SUPPORTED: {
    severity: 'error',
    message: 'steps of type {type} cannot run here: {because}',
    explain: 'Slipway knows this step type of Harness but does not run it. The message says why; remove the step or skip it with `when`.',
  },
  INFRA_OS_UNSUPPORTED: {
    severity: 'error',
    message: 'the stage asks for {os}, and infrastructure {infra} runs Linux only',
    hint: 'change `os:` to Linux, or run the stage elsewhere with `--on`',
    explain: 'Local stages run as processes of this machine, so the operating system of the stage must be its own.',
  },
  INFRA_NOT_AVAILABLE: {
    severity: 'error',
    message: 'infrastructure {infra} is not available in this version',
    hint: 'run it here with `--on local`',
    explain: 'The pipeline, or `--on`, asks for an infrastructure that this version of Slipway cannot drive yet. Any pipeline runs with `--on local`.',
  },
  SECRET_NOT_FOUND: {
    severity: 'error',
    message: 'the secret "{name}" was not found in: {sources}',
    hint: 'set it with: slipway secret set {name}, or in the environment as SLIPWAY_SECRET_{variable}',
    explain: 'A step needs the secret, and none of the sources has it. Nothing of the step was run.',
  },
  DOCKERFILE_UNREADABLE: {
    severity: 'error',
    message: 'the Dockerfile {file} cannot be read: {reason}',
    hint: 'check `dockerfile:` or PLUGIN_DOCKERFILE; it is relative to the workspace, and a stage needs `cloneCodebase: true` to see the code',
    explain: 'The build found no Dockerfile at the path it was given. Without `dockerfile:` it is `Dockerfile` in the root of the workspace.',
  },
  FAKE_STEERING: {
    severity: 'error',
    message: 'the variable {name} cannot steer {step} on infrastructure fake: {reason}',
    hint: 'docs/fake.md lists the variables and what they take',
    explain:
      'On infrastructure fake a step does what its FAKE_* variables say. A name or a value that means nothing would let a test of the flow pass for the wrong reason.',
  },
  ENGINE_NOT_AVAILABLE: {
    severity: 'error',
    message: 'the engine {engine} is not available in this version',
    hint: 'use the embedded one: --engine embedded',
    explain: 'The step asks for an engine that this version cannot drive yet.',
  },
  VALUE_NOT_KNOWN: {
    severity: 'error',
    message: '{source} is not known when the step starts: it waits for {until}',
    hint: 'run the step after the one that gives the value, or guard it with `when`',
    explain: 'The step uses a value that another step gives. That step was skipped, failed, or gave no such output, so the value never came.',
  },
  INTERNAL: {
    severity: 'error',
    message: 'a defect in Slipway: {reason}',
    hint: 'please report it with the command and the output of `--debug`',
    explain: 'An error that no part of the program expected. The run is marked as errored; nothing else is known about it.',
  },
  STAGE_TAKEN: {
    severity: 'info',
    message: 'not run again: it passed in run {run}, and its outputs are taken from there',
    explain: '`slipway runs rerun --from-failed` begins at the first stage that did not pass. What the stages before it gave to later ones is taken as it was.',
  },
  STAGE_TAKEN_UP: {
    severity: 'info',
    message: 'taken up where the runner before had to leave it',
    explain:
      '`slipway runs resume` goes on with a run whose process died. The pod of this stage was still there: steps that had ended are as they were, those under way are heard to their end, and the next one begins.',
  },
  STAGE_BEGUN_AGAIN: {
    severity: 'warning',
    message: 'begun again from its first step: nothing is left of what the runner before had done here',
    explain:
      '`slipway runs resume` goes on with a run whose process died. Stages on Kubernetes outlive their runner. What ran on its own machine or in a Docker Engine ended with it, and a pod that somebody has taken away since is no more, so such a stage runs again.',
  },
  STEP_DONE_AGAIN: {
    severity: 'info',
    message: 'done again: it was under way when the runner before died, or what it came to was lost with it',
    explain:
      'Image steps, clones, scans and caches are done by Slipway itself. When its process dies in the middle of one, or before files of one have reached the pod of the stage, `slipway runs resume` does it again.',
  },
  STAGE_NOT_TAKEN: {
    severity: 'info',
    message: 'run again although it passed in run {run}: it has secret outputs, which are not kept',
    explain: 'The value of a secret output is never stored. A stage that has one is run again, so that later stages find it.',
  },
} as const satisfies Record<string, CodeEntry>
