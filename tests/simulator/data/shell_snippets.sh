echo hello world
echo "a  b" 'c  d' e\ f
x=1; y=$x$x; echo "$y" ${y}z
unset x; echo "[$x]" "${x-unset}" "${x:-empty}" "${x+set}"
x=; echo "${x-unset}" "${x:-empty}" "${x+set}" "${x:+set}"
echo ${x:=assigned} $x
x=abcabc; echo ${#x} ${x#a} ${x#*b} ${x##*b} ${x%c} ${x%b*} ${x%%b*}
x=/a/b/c.tar.gz; echo ${x##*/} ${x%/*} ${x%%.*} ${x#*.}
x=abcabc; echo ${x/b/X} ${x//b/X} ${x/#a/X} ${x/%c/X} ${x//[ab]/-} ${x//b}
x=abcdef; echo ${x:2} ${x:1:3} ${x: -2}
x='a*b'; echo "${x%\*b}" "${x#a\*}"
x="a b"; for i in $x "$x"; do echo "<$i>"; done
set -- a "b c" d; echo $# "$2"; for i in "$@"; do echo "<$i>"; done; for i in $*; do echo "($i)"; done
set -- a b; echo "$*"; IFS=-; echo "$*"; IFS=; echo "$*"
set -- a b c; shift; echo $1 $#; shift 2; echo $#
set --; for i in "$@"; do echo never; done; echo "[$*]" $#
echo "pre$@post"; set -- 1 2; echo "pre$@post"
IFS=:; x=a:b::c; for i in $x; do echo "<$i>"; done
IFS=': '; x=' a : b c:'; for i in $x; do echo "<$i>"; done
x=$(echo a; echo b; echo); echo "[$x]"
echo $(echo $(echo nested)) `echo back` "$(echo "quo ted")"
echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((1<<4)) $((255&15)) $((1||0))
echo $((1?2:3)) $((0x10)) $((!5)) $((~0)) $((5>3)) $((5==3)) $((2>=2))
x=5; echo $((x++)) $x $((++x)) $((x+=2)) $x $((x=1,x+1))
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done
i=3; until [ $i -eq 0 ]; do echo $i; i=$((i-1)); done
for i in 1 2 3 4 5; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done
for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done
for i in 1 2; do for j in a b; do break 2; done; done; echo $i$j
for i; do echo never; done; echo done
case abc in a*) echo one;; *) echo two;; esac
case "a b" in "a b") echo quoted;; esac
case x in a|b|x) echo alt;; esac; case y in x) echo no;; esac; echo $?
case '*' in \*) echo star;; esac; case ab in 'a*') echo no;; *) echo yes;; esac
case 5 in [0-9]) echo digit;; esac; case a in [!0-9]) echo not;; esac
if true; then echo t; fi; if false; then echo f; else echo e; fi
if false; then :; elif true; then echo elif; else :; fi
if false; then :; fi; echo $?
true && echo and; false || echo or; false && echo no || echo chain; ! true; echo $?
{ echo a; echo b; }; ( echo c; x=sub ); echo "[$x]"
f() { echo "f $1 $#"; return 3; }; f a b; echo $?
f() { local v=in; echo $v; }; v=out; f; echo $v
f() { g() { echo inner; }; }; f; g
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(( $1 - 1 ))) )); fi; }; fact 6
echo a | cat; echo b | { read x; echo "<$x>"; }
printf 'a\nb\nc\n' | while read l; do echo "[$l]"; done
echo 'a b c' | { read x y; echo "$x|$y"; }
printf 'a\\b\n' | { read x; echo "$x"; }; printf 'a\\b\n' | { read -r x; echo "$x"; }
printf ' lead trail \n' | { read x; echo "[$x]"; }; printf ' l t \n' | { IFS= read x; echo "[$x]"; }
printf 'a:b:c\n' | { IFS=: read x y; echo "$x|$y"; }
printf 'noend' | { read x; echo "$? $x"; }; read x < /dev/null; echo $?
cat <<EOF
plain $((1+1)) $(echo sub)
EOF
cat <<'EOF'
plain $((1+1)) $(echo sub)
EOF
cat <<-EOF
	tabs gone
	EOF
x=v; cat <<EOF | tr a-z A-Z
value $x \$x `echo b`
EOF
cat <<A; cat <<B
one
A
two
B
while read a; do echo "<$a>"; done <<EOF
l1
l2
EOF
cat <<< "here string"
echo out; echo err >&2; echo both 2>&1
{ echo o; echo e >&2; } 2>&1 | sort
echo a > f; echo b >> f; cat f; cat < f; > f; cat f; echo "[$(cat f)]"
echo x 1>&2 2>/dev/null; echo y >/dev/null; echo z
exec 3> f3; echo to3 >&3; exec 3>&-; cat f3
echo data > in; exec 4< in; read l <&4; echo $l
echo abc > a1; echo abc > a2; echo a?; echo a[12]; echo *nothing*; echo "a?"
mkdir d; echo > d/x; echo > d/.h; echo d/*; cd d; echo *; cd ..; echo */x
x='a?'; echo > a1; echo $x "$x"
echo {a,b}c x{1,2}{3,4} {single} a{}b
test -f /nope; echo $?; [ -d / ]; echo $?; [ a = a -a b = b ]; echo $?; [ a = b -o c = c ]; echo $?
[ "" ]; echo $?; [ x ]; echo $?; [ ! x ]; echo $?; [ -z "" ]; echo $?; [ -n "" ]; echo $?
[ 3 -gt 2 ] && [ 2 -ge 2 ] && [ 1 -lt 2 ] && [ 1 -le 1 ] && [ 1 -ne 2 ] && echo ok
[ "(" = "(" ]; echo $?; [ ! = ! ]; echo $?; [ -f = -f ]; echo $?; [ = ]; echo $?
[[ abc == a* ]]; echo $?; [[ abc == "a*" ]]; echo $?; [[ -n x && -z "" ]]; echo $?
[[ abc =~ ^a(b)c$ ]]; echo $?; [[ a < b ]]; echo $?; [[ ! a == a ]]; echo $?; [[ ( a == a ) || b == c ]]; echo $?
(( 1 + 1 )); echo $?; (( 0 )); echo $?
printf '%s-%d-%5s|%-5s|%05d|%x|%c|%%\n' str 42 ab cd 7 255 xyz
printf '%s\n' a b c; printf '%s %s\n' 1 2 3
printf 'a\tb\\n\n'; printf '%b\n' 'x\ty'; printf '\101\n'
printf '%.2f %5.1f %e\n' 3.14159 2.5 12345; printf '%+d % d %o\n' 5 5 8
echo a; exit 3; echo b
(exit 4); echo $?; $(exit 5); echo $?
trap 'echo bye' EXIT; echo hi
trap 'echo bye $?' EXIT; exit 7
trap 'echo usr1' USR1; kill -USR1 $$; echo after
trap 'echo x' EXIT; (echo sub); echo main
f() { trap 'echo in f' EXIT; }; f; echo main
set -e; echo a; false; echo b
set -e; false || echo ok; if false; then :; fi; ! true; echo still
set -e; f() { false; echo in; }; f || echo caught; echo end
set -u; echo ${x-default}; echo "$y"; echo never
set -f; echo *; set +f
eval 'x=1; echo $x'; eval echo '$x'; eval "echo a; echo b"
x='echo "a b"'; eval $x
echo 'v=sourced; echo "in $1"' > s.sh; . ./s.sh; echo $v
export A=1; env | grep ^A=; B=2 env | grep ^B=; echo "[$B]"
X=1 Y=2; echo $X$Y; X=5 true; echo $X
readonly R=1; (R=2) 2>/dev/null; echo $?
command echo via; command -v echo; command -v nosuchcmd; echo $?
sleep 0.01 & wait; echo waited; sleep 0.01 & p=$!; wait $p; echo $?
(exit 9) & wait $!; echo $?
false & wait $!; echo $?
a=1; (a=2; echo $a); echo $a; { a=3; }; echo $a
echo a; # comment
echo a#b '#c' "#d"
echo one \
two
echo "line \
cont"
if [ 1 = 1 ]
then
echo multi
fi
for i in a \
b
do echo $i
done
case x in
x)
echo nl
;;
esac
foo() {
echo body
}
foo
x=$(cat <<EOF
in sub
EOF
)
echo "$x"
echo "$(echo "a $(echo "b 'c'")")"
echo "${x:-"q $(echo z)"}" ${nope:-'single $x'}
echo $'a\tb' $'\x41' "$'no'"
x=a; x+=b; echo $x
echo "\$x \` \\ \a"; echo '\n'; echo "a'b" 'a"b'
true | false; echo $?; false | true; echo $?; ! false | false; echo $?
yes | head -2; seq 5 | tail -2; seq 3 | sort -r | head -1
echo ~ | wc -l; HOME=/h; echo ~ ~/x "~" a~
getopts ab: o -a -b val rest; echo $o $OPTIND; getopts ab: o -a -b val rest; echo $o $OPTARG
while getopts "xy:" o -x -y 1 z; do echo "$o:$OPTARG"; done; echo $OPTIND
x=5; while :; do x=$((x-1)); [ $x = 0 ] && break; done; echo $x
echo $(( $(echo 2) * 3 )) "$((1 + 1))"
n=0; for f in 1 2 3; do n=$((n+f)); done; echo $n
set -- "a b" c; f() { echo $#; }; f "$@"; f $@; f "$*"
: ${V:=def}; echo $V; : "${W:?}" 2>/dev/null; echo never
type cd >/dev/null; echo $?; type nosuch >/dev/null 2>&1; echo $?
umask 022; umask; cd /; pwd; cd - >/dev/null
echo 'a  b' | { read -r a b; echo "$a|$b"; }; echo a,b | { IFS=, read -r a b; echo "$a|$b"; }
expr 2 + 3; expr 5 \* 2; expr abc : 'a\(.\)c'; expr 1 = 2; echo $?
basename /a/b.c .c; dirname /a/b/c; basename a; dirname a
printf 'b\na\nb\n' | sort | uniq -c | sed 's/^ *//'; printf '3\n10\n2\n' | sort -n
echo abc | tr a-c A-C; echo aabb | tr -s a; echo a1b2 | tr -d 0-9; echo hello | tr -cd l; echo
echo a:b:c | cut -d: -f2; echo a:b:c | cut -d: -f1,3; echo abcdef | cut -c2-4
printf 'one\ntwo\nthree\n' | grep t; printf 'one\ntwo\n' | grep -v o; echo $?; printf 'a\nb\n' | grep -c a
printf 'one\ntwo\n' | grep -n two; echo foobar | grep -o 'o*'; echo x | grep -q y; echo $?
printf 'a1\nb2\n' | grep -E '[a-z][12]' ; echo abab | grep -oE '(ab)+'; echo a.b | grep -F .
printf '1\n2\n3\n4\n' | sed -n '2,3p'; printf '1\n2\n3\n' | sed '2d'; printf 'aaa\n' | sed 's/a/b/2'
echo hello | sed 's/l/L/g; s/h\(.\)/\1h/'; echo a/b | sed 's,/,-,'; printf 'x\ny\n' | sed '/x/s/x/z/'
printf '1\n2\n3\n' | sed -n '$p'; printf '1\n2\n' | sed -e '1!d'; echo abc | sed 's/b/[&]/'
printf '1\n2\n3\n' | sed '1,2{s/^/a/;s/$/z/}'; printf 'a\n' | sed 'a\
after'
echo 'key = value' | sed -E 's/^([a-z]+) *= *(.*)$/\2:\1/'; printf 'a\nb\n' | sed ':x;N;s/\n/,/;bx'
printf 'a b\nc d\n' | xargs echo; printf 'a\nb\n' | xargs -n1 echo x; echo a b | xargs -I{} echo '<{}>'
echo one > t1; cp t1 t2; cat t2; mv t2 t3; ls; rm t1 t3; ls; mkdir -p p/q/r; rmdir p/q/r; ls p
printf 'abc' | wc -c; printf 'a\nb\n' | wc -l; echo a b c | wc -w
echo hi | md5sum; echo hi | sha256sum; printf 'hi' | base64; echo aGk= | base64 -d; echo
seq 2 2 6; seq 3 -1 1; seq -s, 3; seq -w 8 10
echo abc > f; head -c 2 f; echo; tail -c 2 f; printf '1\n2\n3\n' | head -n -1; printf '1\n2\n3\n' | tail -n +2
mkdir fd; touch fd/a.x fd/b.y; find fd -name '*.x'; find fd -type d; find fd -name '*.y' -delete; ls fd
echo a > ff; find . -name ff -exec cat {} \; ; ln -s ff ln1; cat ln1; readlink ln1
