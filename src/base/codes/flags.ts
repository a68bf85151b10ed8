/** What goes wrong with the flags of a build, and with what they point at outside. */
import type { CodeEntry } from '../codes.ts'

export const flagsCodes = {
  BUILD_FLAG_INVALID: {
    severity: 'error',
    message: '{flag} {text}: {reason}.',
    hint: 'docs/build.md has all flags with their forms.',
    explain: 'A flag of `slipway build` has a value that cannot be read. Flags are spelled as docker buildx spells them.',
  },
  BUILD_FLAG_REFUSED: {
    severity: 'error',
    message: '{flag} is not possible here: {reason}.',
    hint: '{hint}',
    explain:
      'docker build has this flag, and this builder has nothing that could carry it out: there is no daemon and no container runtime. It is refused, because a build without what it promises would look as if it had it.',
  },
  BUILD_SECRET_SOURCE: {
    severity: 'error',
    message: 'The secret "{id}" cannot be read: {reason}.',
    hint: 'Say where it comes from: id={id},src=FILE or id={id},env=NAME.',
    explain: 'All secrets of a build are read before it begins. A secret that is not there is an error, never an empty one.',
  },
  BUILD_EXPORT_FAILED: {
    severity: 'error',
    message: 'Cannot write {path}: {reason}.',
    hint: 'Write a tar instead: -o type=tar,dest=FILE.',
    explain: 'An output of type local writes the files of the image as files of this machine. Some of what an image can hold cannot be written that way.',
  },
  BUILD_RUN_FOREIGN: {
    severity: 'error',
    message: 'RUN for {wanted} is not possible on this machine, which is {machine}: {reason}.',
    hint: 'Register qemu with binfmt_misc (the packages qemu-user-static and binfmt-support do), or run the stage on this machine with FROM --platform=$BUILDPLATFORM.',
    explain:
      'A RUN starts programs of the image. Programs for another CPU need an interpreter that the kernel knows, with the flag F, so that it is found outside the image. Stages without RUN are built for any CPU.',
  },
  BUILD_SSH_SOURCE: {
    severity: 'error',
    message: 'The ssh key or agent "{id}" cannot be used: {reason}.',
    hint: 'Say where it comes from: --ssh {id}=KEYFILE, or --ssh {id} with SSH_AUTH_SOCK set; in a pipeline by the setting sshKeys.',
    explain:
      'RUN --mount=type=ssh talks to an agent: that of the shell, or one that lends the keys that were named. Keys with a passphrase have to be added to an agent first.',
  },
  BUILD_HOST_INVALID: {
    severity: 'error',
    message: '"{text}" is no host of the form NAME:ADDRESS.',
    explain: 'More hosts for /etc/hosts of a build are given as name and address, with a colon between them.',
  },
  BUILD_CHECKSUM_MISPLACED: {
    severity: 'error',
    message: '--checksum is for one file or repository from outside.',
    hint: 'Give each address an ADD of its own.',
    explain: 'ADD --checksum says what one download has to be. Files of the context have no need of it, and several sources cannot share one.',
  },
  BUILD_CHECKSUM_INVALID: {
    severity: 'error',
    message: '"{checksum}" is no checksum of a file.',
    hint: 'Write sha256: and 64 hexadecimal digits.',
    explain: 'ADD --checksum of a web address takes a digest; of a git address it takes the name of a commit.',
  },
  BUILD_CHECKSUM_WRONG: {
    severity: 'error',
    message: '{address} is not what --checksum says: it is {actual}, not {expected}.',
    explain: 'The file or commit behind the address has changed, or somebody has changed it on the way. Nothing of it is used.',
  },
  REMOTE_FAILED: {
    severity: 'error',
    message: 'Cannot fetch {address}: {reason}.',
    explain: 'A file of the web or a git repository that the build needs could not be fetched. Credentials are never part of this message.',
  },
  BUILD_CONTEXT_INVALID: {
    severity: 'error',
    message: 'The build context {name} cannot be used: {reason}.',
    hint: 'docs/build.md has the forms that contexts can have.',
    explain: 'A build context is a folder, a git or web address, - for standard input, or with --build-context also an image or an OCI layout.',
  },
  ARCHIVE_UNPACKABLE: {
    severity: 'error',
    message: '{what} cannot be unpacked as {format}: {reason}.',
    explain: 'The file begins like an archive of this compression, and then goes on as none can. It is cut short or damaged.',
  },
} as const satisfies Record<string, CodeEntry>
