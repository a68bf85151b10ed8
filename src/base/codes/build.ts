/** What goes wrong while an image is built. */
import type { CodeEntry } from '../codes.ts'

export const buildCodes = {
  BUILD_RUN_IMPOSSIBLE: {
    severity: 'error',
    message: 'RUN is not possible here: {reason}.',
    hint: 'Run as root or in a user namespace, or build with --engine buildx.',
    explain:
      'RUN needs namespaces and an overlay file system. The builder has tried both before the build, and the reason says what the system refused. docs/sandbox.md has the ways to get there.',
  },
  BUILD_RUNG_UNKNOWN: {
    severity: 'error',
    message: 'SLIPWAY_RUNG is "{rung}"; it may be one of {known}.',
    hint: 'Unset it to have the best way that works here.',
    explain: 'SLIPWAY_RUNG says how the files of a base come to a RUN: 1 mounts layers as they are, 1-loop does so through loop devices, 2 unpacks them.',
  },
  BUILD_RUN_FAILED: {
    severity: 'error',
    message: '{command} ended with exit code {exitCode}.',
    explain: 'The command of a RUN did not succeed, so there is no layer. Its last lines are shown above the error; all of them are in the log of the build.',
  },
  BUILD_RUN_NOT_STARTED: {
    severity: 'error',
    message: 'Cannot start {command}: {reason}.',
    explain:
      'The program of a RUN was not found in the image, or the image has it for another CPU, or it may not be executed. The shell form needs /bin/sh in the image; images made from scratch have none.',
  },
  BUILD_SANDBOX_FAILED: {
    severity: 'error',
    message: 'The sandbox of the build could not {what}: {reason}.',
    explain: 'The system refused something that worked when the build began, or the disk is full. docs/sandbox.md tells what the sandbox does.',
  },
  BUILD_WORKER_ENDED: {
    severity: 'error',
    message: 'The process that carries out the build ended too early: {why}.',
    hint: 'Run the build again. When memory is short, the system ends the largest process: the kernel log names it.',
    explain:
      'A build with a RUN by a user who is not root is carried out by a second process of this program, in a user namespace. It ended without an answer: it was killed, or it has a defect. The store is as it was, because everything is written under another name first.',
  },
  BUILD_SECRET_MISSING: {
    severity: 'error',
    message: 'RUN requires the {kind} "{id}", which was not given.',
    hint: 'Give it with --{kind} id={id},...',
    explain: 'A mount with required=true needs its secret or ssh agent. Without required the mount is left out when there is none.',
  },
  BUILD_NOT_SUPPORTED_YET: {
    severity: 'error',
    message: '{what} is not yet possible with the embedded builder.',
    hint: 'Build with --engine buildx.',
    explain: 'The embedded builder knows this part of the Dockerfile language but cannot carry it out yet. It says so instead of building something else.',
  },
  BUILD_SOURCE_MISSING: {
    severity: 'error',
    message: '{instruction} finds no "{source}" in {context}.',
    explain:
      'The source of COPY and ADD is a path inside the build context (or inside the stage or image named by --from). Paths outside the context cannot be copied, and paths that .dockerignore leaves out are not there.',
  },
  BUILD_DESTINATION_INVALID: {
    severity: 'error',
    message: '{instruction} cannot write {path}: {reason}.',
    explain: 'A file cannot take the place of a directory that is there already, and a directory cannot be copied onto a file.',
  },
  BUILD_OWNER_UNKNOWN: {
    severity: 'error',
    message: 'The image has no {kind} "{name}".',
    hint: 'Use a number, or create the {kind} before this instruction.',
    explain: 'Names given to --chown and USER are looked up in /etc/passwd and /etc/group of the image that is being built.',
  },
  BUILD_MODE_INVALID: {
    severity: 'error',
    message: '"{mode}" is no file mode.',
    hint: 'Use an octal number such as 755, or changes such as u+x,go-w.',
    explain: '--chmod takes an octal number from 0 to 7777, or symbolic changes as the chmod program does.',
  },
  BUILD_ARCHIVE_REFUSED: {
    severity: 'error',
    message: 'ADD does not unpack {archive}: {reason}.',
    hint: 'COPY puts the archive there as it is.',
    explain: 'The archive is damaged, or made to harm whoever unpacks it. Nothing of it is in the image.',
  },
  BUILD_NAME_INVALID: {
    severity: 'error',
    message: 'The build context has a name that is no UTF-8: {name}.',
    hint: 'Rename it, or leave its folder out through .dockerignore.',
    explain: 'Names of files in images are text in UTF-8. Copied under another name the file would not be found by whoever wants it, so the build stops.',
  },
  BUILD_CONTEXT_CHANGED: {
    severity: 'error',
    message: '{path} changed while it was being read.',
    hint: 'Build again when nothing writes to the context any more.',
    explain: 'A layer must hold one state of each file. The build stops instead of storing a mixture.',
  },
  BUILD_CONTEXT_LEFT_OUT: {
    severity: 'warning',
    message: '{path} of the build context is {what} and was left out.',
    hint: 'Leave it out through .dockerignore, or make it in the image with RUN mknod or RUN mkfifo.',
    explain: 'Only files, folders and symbolic links of a context come into an image. A device or a pipe has no content that could be read.',
  },
  BUILD_CONTEXT_UNREADABLE: {
    severity: 'error',
    message: 'Cannot read {path} of the build context: {reason}.',
    explain: 'The file or folder exists but the system refuses to read it. Leave it out through .dockerignore, or change its permissions.',
  },
  BUILD_PORT_INVALID: {
    severity: 'error',
    message: '"{port}" is no port: {reason}.',
    hint: 'Write port, port/tcp, port/udp, port/sctp or first-last/protocol.',
    explain: 'EXPOSE takes port numbers from 0 to 65535, ranges of them, and a protocol.',
  },
  BUILD_SIGNAL_INVALID: {
    severity: 'error',
    message: '"{signal}" is no signal.',
    explain: 'STOPSIGNAL takes a signal number, or a name such as SIGTERM or TERM.',
  },
  BUILD_ARG_UNUSED: {
    severity: 'warning',
    message: 'No ARG uses the build argument {name}.',
    explain: 'A --build-arg has an effect only where the Dockerfile declares an ARG of that name. Often the name is misspelt.',
  },
  BUILD_BASE_PLATFORM: {
    severity: 'warning',
    message: 'The base image {image} is for {actual}, not for {wanted}.',
    explain: 'The image is built on a base that is made for another CPU or system. Name the platform with FROM --platform, or choose another base.',
  },
} as const satisfies Record<string, CodeEntry>
