/** Codes of Dockerfiles and of building from them. */
import type { CodeEntry } from '../codes.ts'

export const dockerfileCodes = {
  DOCKERFILE_EMPTY: {
    severity: 'error',
    message: 'The Dockerfile has no instructions.',
    hint: 'Begin with FROM, for example: FROM alpine:3.22',
    explain: 'A Dockerfile needs at least one FROM. A file of blank lines and comments describes no image; check that the right file was named.',
  },
  DOCKERFILE_INSTRUCTION_UNKNOWN: {
    severity: 'error',
    message: 'Unknown instruction {instruction}.',
    explain:
      'A line begins with a word that is no Dockerfile instruction. Often it is a typing mistake, or the line before lacks its continuation character, so that a part of a command stands alone.',
  },
  DOCKERFILE_DIRECTIVE_TWICE: {
    severity: 'error',
    message: 'The parser directive {directive} is given twice.',
    explain: 'Each of the directives syntax, escape and check may stand once, in the comment lines at the very top of the file.',
  },
  DOCKERFILE_ESCAPE_INVALID: {
    severity: 'error',
    message: '"{value}" cannot be the escape character.',
    hint: 'Use # escape=` or # escape=\\',
    explain: 'The escape directive takes a backslash or a back quote, nothing else.',
  },
  DOCKERFILE_BEFORE_FROM: {
    severity: 'error',
    message: '{instruction} stands before the first FROM.',
    hint: 'Only ARG may come before FROM.',
    explain: 'Every instruction but ARG belongs to a build stage, and a stage begins with FROM.',
  },
  DOCKERFILE_NO_STAGE: {
    severity: 'error',
    message: 'The Dockerfile has no FROM, so there is nothing to build.',
    explain: 'ARG instructions alone make no image: at least one build stage, begun by FROM, is needed.',
  },
  DOCKERFILE_ARGUMENTS: {
    severity: 'error',
    message: '{instruction} needs {expected}.',
    explain: 'The instruction has too few or too many arguments. The message names what it takes.',
  },
  DOCKERFILE_STAGE_NAME_INVALID: {
    severity: 'error',
    message: '"{name}" cannot name a build stage.',
    hint: 'Start with a letter and go on with letters, digits, "-", "_" and ".".',
    explain: 'Stage names start with a letter, so that they differ from stage numbers, and hold no symbols but dash, underscore and dot.',
  },
  DOCKERFILE_ASSIGNMENT_INVALID: {
    severity: 'error',
    message: '"{word}" in {instruction} has no "=".',
    hint: 'Write name=value, with quotes around a value that holds spaces.',
    explain:
      'When the first word of ENV or LABEL is name=value, all of them must be. A value with spaces needs quotes, else its second word looks like another name.',
  },
  DOCKERFILE_NAME_BLANK: {
    severity: 'error',
    message: 'A name in {instruction} is empty.',
    explain: 'Before each "=" there must be a name.',
  },
  DOCKERFILE_JSON_NOT_STRINGS: {
    severity: 'error',
    message: 'The JSON array of {instruction} holds something other than strings.',
    hint: 'Put every element in double quotes.',
    explain: 'In the exec form each element is one argument, so numbers, objects and nested arrays have no meaning there.',
  },
  DOCKERFILE_JSON_REQUIRED: {
    severity: 'error',
    message: '{instruction} takes its arguments as a JSON array.',
    hint: 'For example: ["/bin/sh", "-c"]',
    explain: 'SHELL has no shell form: its arguments are a JSON array of strings with double quotes.',
  },
  DOCKERFILE_FLAG_UNKNOWN: {
    severity: 'error',
    message: '{instruction} has no flag --{flag}.',
    explain:
      'The flag does not exist for this instruction. Words that begin with "--" right after the instruction are flags; put "--" before an argument that only looks like one.',
  },
  DOCKERFILE_FLAG_TWICE: {
    severity: 'error',
    message: 'The flag --{flag} is given twice.',
    explain: 'Only --mount, --exclude and --device may be repeated.',
  },
  DOCKERFILE_FLAG_VALUE_MISSING: {
    severity: 'error',
    message: 'The flag --{flag} has no value.',
    hint: 'Write --{flag}=VALUE, without a space.',
    explain: 'Dockerfile flags take their value after "=", not as the next word.',
  },
  DOCKERFILE_FLAG_NOT_BOOLEAN: {
    severity: 'error',
    message: 'The flag --{flag} is true or false, not "{value}".',
    explain: 'A switch is written alone (--link) or with true or false (--link=false).',
  },
  DOCKERFILE_FLAG_INVALID: {
    severity: 'error',
    message: 'The flag --{flag} cannot be "{value}": {reason}.',
    explain: 'The value of the flag is outside of what the flag allows. The message names the reason.',
  },
  DOCKERFILE_MOUNT_INVALID: {
    severity: 'error',
    message: 'This --mount is not valid: {reason}.',
    explain: 'A mount is a comma-separated list of key=value pairs; which keys are allowed depends on its type (bind, cache, tmpfs, secret, ssh).',
  },
  DOCKERFILE_HEREDOC_UNTERMINATED: {
    severity: 'error',
    message: 'The here-document {name} never ends.',
    hint: 'Put {name} on a line of its own, without spaces before or after it.',
    explain: 'The lines after <<NAME belong to the here-document until a line that holds only NAME. With <<-NAME tabs may stand before it, spaces may not.',
  },
  DOCKERFILE_HEREDOC_MISPLACED: {
    severity: 'error',
    message: 'A here-document cannot be the destination of {instruction}.',
    explain: 'Here-documents are sources: the last argument of COPY and ADD is the path they are written to.',
  },
  DOCKERFILE_ONBUILD_FORBIDDEN: {
    severity: 'error',
    message: '{instruction} cannot be an ONBUILD trigger.',
    explain: 'A trigger runs inside the stage of a later build, so FROM, MAINTAINER and a further ONBUILD have no place there.',
  },
  DOCKERFILE_HEALTHCHECK_INVALID: {
    severity: 'error',
    message: 'This HEALTHCHECK is not valid: {reason}.',
    hint: 'Write HEALTHCHECK CMD <command>, or HEALTHCHECK NONE.',
    explain: 'HEALTHCHECK is followed by CMD and a command, or by NONE alone, which switches off the check of the base image.',
  },
  DOCKERFILE_VOLUME_BLANK: {
    severity: 'error',
    message: 'VOLUME names an empty path.',
    explain: 'Every volume is a path in the image.',
  },
  DOCKERFILE_EXPANSION_FAILED: {
    severity: 'error',
    message: 'Cannot expand {word}: {reason}.',
    explain: 'The text holds a quote that is not closed, a broken substitution in braces, or a variable that is marked as required (with :?) and has no value.',
  },
  DOCKERFILE_STAGE_CYCLE: {
    severity: 'error',
    message: 'The stage {stage} depends on itself.',
    explain: 'Through FROM, COPY --from or RUN --mount=from the stage needs its own result. Split it, or copy from an earlier stage.',
  },
  DOCKERFILE_STAGE_INDEX_INVALID: {
    severity: 'error',
    message: 'There is no stage number {index}.',
    hint: 'Stages count from 0; this file has {count}.',
    explain: 'A number in --from names the stage by its position. Names (FROM image AS name) do not break when a stage is added.',
  },
  DOCKERFILE_TARGET_UNKNOWN: {
    severity: 'error',
    message: 'There is no stage "{target}" to build.',
    explain: 'The target must be the name or the number of a stage of the Dockerfile. Names are compared without regard to case.',
  },
  DOCKERFILE_FROM_BLANK: {
    severity: 'error',
    message: 'The base name {word} is empty after expansion.',
    hint: 'Declare the ARG before the first FROM, with a default, or pass it with --build-arg.',
    explain: 'FROM sees only the ARG instructions that come before the first FROM. An ARG without a value makes the base name empty.',
  },
  DOCKERFILE_STAGE_LATER: {
    severity: 'error',
    message: 'The stage {stage} comes after the instruction that copies from it.',
    hint: 'Move that stage above this one.',
    explain: 'A stage can only use stages that are defined before it.',
  },
  DOCKERFILE_FROM_VARIABLE: {
    severity: 'error',
    message: '"{word}" holds a variable, and --from takes none.',
    hint: 'Add a stage, FROM the variable AS a name, and copy from that name.',
    explain: 'Stages are put in order before any variable of a stage has a value. FROM can use the ARG instructions at the top of the file.',
  },
  DOCKERIGNORE_PATTERN_INVALID: {
    severity: 'error',
    message: 'The pattern "{pattern}" is malformed.',
    explain: 'A character class must be closed with "]", "!" must be followed by a pattern, and a backslash must escape something.',
  },
  DOCKERFILE_CHECK_INVALID: {
    severity: 'error',
    message: '"{option}" is no option of the check directive.',
    hint: 'Write skip= or experimental= with rule names or all, and error= with true or false.',
    explain: 'The check directive takes skip, experimental and error, with ";" between them, such as # check=skip=JSONArgsRecommended;error=true',
  },
  LINT_STAGE_NAME_CASING: {
    severity: 'warning',
    message: 'The stage name {name} should be in lower case.',
    explain: 'Stage names are compared without regard to case, so one spelling, the lower-case one, avoids doubt about what a reference means.',
  },
  LINT_FROM_AS_CASING: {
    severity: 'warning',
    message: '{as} and {from} should be written in the same case.',
    explain: 'FROM and AS belong to one instruction; mixed case makes it harder to read.',
  },
  LINT_NO_EMPTY_CONTINUATION: {
    severity: 'warning',
    message: 'A blank line stands inside a continued instruction.',
    hint: 'Remove the blank line, or the continuation character above it.',
    explain: 'A backslash at the end of the line above continues the instruction past the blank line, which is rarely meant and will become an error.',
  },
  LINT_CONSISTENT_INSTRUCTION_CASING: {
    severity: 'warning',
    message: '{instruction} should be in {casing}, as most of this file.',
    explain: 'Instructions may be written in any case, but one case throughout the file reads better.',
  },
  LINT_DUPLICATE_STAGE_NAME: {
    severity: 'warning',
    message: 'The stage name {name} is used twice.',
    explain: 'A reference means the last stage of that name that stands before it, so the earlier one becomes unreachable for what follows.',
  },
  LINT_RESERVED_STAGE_NAME: {
    severity: 'warning',
    message: '{name} is a reserved word and should not name a stage.',
    explain: 'scratch stands for the empty image and context for the build context; a stage of that name hides nothing but confuses everybody.',
  },
  LINT_JSON_ARGS_RECOMMENDED: {
    severity: 'warning',
    message: '{instruction} should be a JSON array, so that signals reach the program.',
    hint: 'Write {instruction} ["program", "argument"].',
    explain:
      'The shell form starts a shell that does not pass signals on, so the container is killed instead of stopped. A SHELL instruction says that the shell is meant.',
  },
  LINT_MAINTAINER_DEPRECATED: {
    severity: 'warning',
    message: 'MAINTAINER is deprecated.',
    hint: 'Write LABEL org.opencontainers.image.authors="name".',
    explain: 'The instruction has long been replaced by a label, which tools can read.',
  },
  LINT_UNDEFINED_ARG_IN_FROM: {
    severity: 'warning',
    message: 'FROM uses {name}, which no ARG before the first FROM declares.',
    explain: 'FROM sees only the ARG instructions at the top of the file and the platform arguments.',
  },
  LINT_WORKDIR_RELATIVE_PATH: {
    severity: 'warning',
    message: 'WORKDIR {path} is relative to whatever the base image has.',
    hint: 'Begin the path with "/".',
    explain: 'When the base image changes its working directory, the meaning of this line changes too.',
  },
  LINT_UNDEFINED_VAR: {
    severity: 'warning',
    message: 'Nothing sets the variable {name}.',
    explain: 'A variable that neither ENV nor ARG sets expands to nothing. Often the name is misspelt, or the ARG stands in another stage.',
  },
  LINT_MULTIPLE_INSTRUCTIONS: {
    severity: 'warning',
    message: 'Only the last {instruction} of a stage counts; this one has no effect.',
    explain: 'CMD, ENTRYPOINT and HEALTHCHECK replace what an earlier one of the same stage set.',
  },
  LINT_LEGACY_KEY_VALUE_FORMAT: {
    severity: 'warning',
    message: '{instruction} should be written name=value.',
    explain: 'The form with a space instead of "=" takes the rest of the line as the value, which surprises readers, and allows one name only.',
  },
  LINT_REDUNDANT_TARGET_PLATFORM: {
    severity: 'warning',
    message: '--platform={platform} is the default and can go.',
    explain: 'A stage is built for the target platform unless --platform says otherwise.',
  },
  LINT_SECRETS_IN_ARG_OR_ENV: {
    severity: 'warning',
    message: '{instruction} {name} looks like a secret, and would stay in the image.',
    hint: 'Hand it in with RUN --mount=type=secret.',
    explain: 'Values of ENV and ARG can be read from the configuration and the history of the image by everyone who can pull it.',
  },
  LINT_INVALID_DEFAULT_ARG_IN_FROM: {
    severity: 'warning',
    message: 'FROM {base} names no image while the arguments have their defaults.',
    hint: 'Give the ARG a default value.',
    explain: 'Somebody who builds without --build-arg gets an error. A default for each ARG that FROM uses avoids it.',
  },
  LINT_FROM_PLATFORM_CONST: {
    severity: 'warning',
    message: 'FROM has the constant platform {platform}.',
    explain: 'With a constant the stage cannot be built for another platform. Use BUILDPLATFORM, or name the stage after the platform to say that it is meant.',
  },
  LINT_COPY_IGNORED_FILE: {
    severity: 'warning',
    message: '{instruction} {source}: .dockerignore leaves it out of the context.',
    explain: 'What .dockerignore leaves out is not there for COPY and ADD, so the instruction fails.',
  },
  LINT_INVALID_DEFINITION_DESCRIPTION: {
    severity: 'warning',
    message: 'The comment above does not begin with the name that it describes.',
    explain:
      'A comment right above FROM or ARG is shown as its description when it begins with the name of the stage or argument. Put a blank line in between when it is no description.',
  },
  LINT_EXPOSE_PROTO_CASING: {
    severity: 'warning',
    message: 'The protocol of {port} should be in lower case.',
    explain: 'Protocols are stored in lower case: tcp, udp or sctp.',
  },
  LINT_EXPOSE_INVALID_FORMAT: {
    severity: 'warning',
    message: 'EXPOSE {port} should not name an address or a port of the host.',
    hint: 'Write the port of the container only.',
    explain: 'EXPOSE tells which ports the container listens on. Where they appear on the host is decided when it is started.',
  },
} as const satisfies Record<string, CodeEntry>
