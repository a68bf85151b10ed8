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
    explain: 'Runs are named by their id, by its beginning, or by `PIPELINE#NUMBER`. The history of the data folder has none of that name.',
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
