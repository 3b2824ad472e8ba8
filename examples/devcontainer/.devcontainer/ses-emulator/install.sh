#!/bin/sh
# Installs the emulator into an environment of its own, and leaves a script that starts it with the container.
set -eu

home=/usr/local/share/ses-emulator
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check "ses-emulator${VERSION:+==$VERSION}"
ln -sf "$home/venv/bin/ses-emulator" /usr/local/bin/ses-emulator
install --directory --mode=1777 "$home/data"

cat >"$home/start" <<START
#!/bin/sh
(cd "$home/data" && exec ses-emulator serve $ARGUMENTS >serve.log 2>&1) &
exec "\$@"
START
chmod 755 "$home/start"
