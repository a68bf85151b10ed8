/** Several stages, base images, ONBUILD, and what COPY takes from them. */
import { wholeCases } from '../case.ts'

export const stageCases = wholeCases([
  [
    'COPY from a RUN',
    'FROM busybox AS made\nRUN mkdir /m && echo x > /m/x && chmod 600 /m/x && chown app /m/x && ln -s x /m/l && ln /m/x /m/h\nFROM scratch\nCOPY --from=made /m /m',
  ],
  ['COPY of one file from a RUN', 'FROM busybox AS made\nRUN echo x > /x && touch -d "2001-02-03 04:05:06" /x\nFROM busybox\nCOPY --from=made /x /y'],
  ['COPY of devices and pipes from a RUN', 'FROM busybox AS made\nRUN mkdir /m && mkfifo /m/p && mknod /m/c c 1 3\nFROM scratch\nCOPY --from=made /m /m'],
  [
    'COPY of setuid bits',
    'FROM busybox AS made\nRUN mkdir -m 3777 /m && touch /m/x && chmod 6711 /m/x\nFROM scratch\nCOPY --from=made /m /m\nCOPY --from=made /m/x /x',
  ],
  ['COPY of what a RUN removed', 'FROM busybox AS made\nRUN rm -r /srv/data/deep /srv/data/a\nFROM scratch\nCOPY --from=made /srv /srv'],
  [
    'COPY of what a RUN put in place of a folder',
    'FROM busybox AS made\nRUN rm -r /srv/data && mkdir /srv/data && touch /srv/data/z\nFROM scratch\nCOPY --from=made /srv/ /',
  ],
  ['COPY with patterns from a RUN', 'FROM busybox AS made\nRUN mkdir /m && touch /m/a1 /m/a2 /m/b1\nFROM scratch\nCOPY --from=made /m/a* /o/'],
  [
    'COPY --chown and --chmod from a RUN',
    'FROM busybox AS made\nRUN mkdir /m && touch /m/x\nFROM busybox\nCOPY --from=made --chown=app:staff --chmod=640 /m /m',
  ],
  [
    'COPY through a link of a stage',
    'FROM busybox AS made\nRUN mkdir /v && touch /v/x && ln -s v /l && ln -s /v/x /lx\nFROM scratch\nCOPY --from=made /l /a\nCOPY --from=made /lx /b\nCOPY --from=made /l/x /c',
  ],
  ['COPY of everything', 'FROM busybox AS made\nRUN rm -r /srv /bin/ls\nFROM scratch\nCOPY --from=made / /'],
  [
    'COPY --link from a RUN',
    'FROM busybox AS made\nRUN mkdir -p /o/p && echo x > /o/p/x\nFROM busybox\nRUN mkdir /o && chmod 700 /o\nCOPY --link --from=made /o /o',
  ],
  ['COPY --link through a folder that is a link', 'FROM busybox\nRUN mkdir /real && ln -s real /o\nCOPY --link a.txt /o/'],
  ['COPY --link over a file', 'FROM busybox\nRUN echo old > /f\nCOPY --link a.txt /f'],
  ['stage on a stage', 'FROM busybox AS one\nENV A=1\nRUN touch /one\nFROM one AS two\nRUN echo $A > /two\nFROM two\nRUN ls / > /three'],
  [
    'two stages on one',
    'FROM busybox AS base\nRUN echo b > /b\nFROM base AS left\nRUN echo l > /l\nFROM base AS right\nRUN echo r > /r\nFROM base\nCOPY --from=left /l /\nCOPY --from=right /r /',
  ],
  ['a stage that is not needed', 'FROM busybox AS broken\nRUN false\nFROM busybox\nRUN touch /x'],
  ['target', 'FROM busybox AS one\nRUN touch /one\nFROM busybox AS two\nRUN false', { target: 'one' }],
  ['names of stages in another case', 'FROM busybox AS One\nRUN touch /one\nFROM busybox\nCOPY --from=ONE /one /'],
  ['base from an argument', 'ARG BASE=none\nFROM ${BASE}\nARG BASE\nRUN echo "$BASE" > /out', { args: { BASE: 'busybox' } }],
  [
    'global argument in a stage',
    'ARG V=1\nFROM busybox\nARG V\nARG W=${V}2\nRUN echo "$V $W" > /out\nFROM busybox\nRUN echo "${V-unset}" > /out\nCOPY --from=0 /out /zero',
  ],
  ['platform of FROM', 'FROM --platform=linux/amd64 busybox\nRUN uname -m > /out'],
  ['platform of FROM by argument', 'FROM --platform=$BUILDPLATFORM busybox\nRUN uname -m > /out'],
  ['ONBUILD of the base', 'FROM base:1\nCOPY --from=busybox /bin /bin2\nLABEL own=1'],
  ['ONBUILD with RUN', 'FROM busybox AS parent\nONBUILD RUN echo "triggered $X" > /trig\nONBUILD ENV X=1\nFROM parent\nRUN cat /trig > /out'],
  [
    'ONBUILD with COPY and ARG',
    'FROM busybox AS parent\nONBUILD ARG V=default\nONBUILD COPY a.txt /a-$V\nONBUILD WORKDIR /w\nFROM parent\nRUN pwd > out',
    { args: { V: 'given' } },
  ],
  ['ONBUILD that is not triggered', 'FROM busybox\nONBUILD RUN false\nONBUILD COPY nothing /nothing'],
  ['COPY from an image', 'FROM scratch\nCOPY --from=busybox /etc/passwd /etc/group /etc/\nCOPY --from=busybox /home /home'],
  [
    'COPY from Debian',
    'FROM scratch\nCOPY --from=debian /etc/passwd /etc/shadow /etc/debian_version /etc/\nCOPY --from=debian /bin /bin-is-a-link\nCOPY --from=debian /usr/bin/su /usr/bin/passwd /bin/',
    {},
  ],
  ['configuration of the base', 'FROM base:1\nENV C=3\nCMD ["own"]\nFROM base:1\nCOPY --from=0 /etc/passwd /copied'],
  ['nothing but FROM', 'FROM busybox'],
  ['comments and blank lines', '# a comment\n\nFROM busybox\n\n# another\n   # indented\nRUN touch /x # part of the command'],
  ['backtick escape', '# escape=`\nFROM busybox\nRUN echo a `\n  b > /out\nENV P=C:\\\\x'],
  ['syntax and check directives', '# check=skip=all\nFROM busybox\nRUN touch /x'],
  ['Windows line ends', 'FROM busybox\r\nRUN echo a \\\r\n  b > /out\r\nENV A=1\r\n'],
  ['small letters', 'from busybox as x\nrun touch /x\ncopy a.txt /\nenv a=1\nworkdir /w\ncmd ["a"]'],
])
