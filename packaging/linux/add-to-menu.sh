#!/bin/sh
# Put Cellwarden into this user's application menu, or take it out again: ./add-to-menu.sh [--remove]
# Files ending in .cellwarden then open with it. Nothing outside the user's own data folder is touched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/cellwarden.desktop
icon=$data/icons/hicolor/256x256/apps/cellwarden.png
type=$data/mime/packages/cellwarden.xml

refresh() {
    command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database -q "$data/applications" || true
    command -v update-mime-database >/dev/null 2>&1 && update-mime-database "$data/mime" || true
}

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$icon" "$type"
    refresh
    echo "Cellwarden is no longer in the menu. To remove the program, delete $here"
    exit 0
fi

mkdir -p "$(dirname "$entry")" "$(dirname "$icon")" "$(dirname "$type")"
cp "$here/_internal/resources/icons/cellwarden-256.png" "$icon"
# In Exec a path is quoted; inside the quotes \ " ` $ are escaped, and the entry itself escapes \ once more.
quoted=$(printf '%s' "$here/cellwarden" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
cat > "$entry" <<END
[Desktop Entry]
Type=Application
Name=Cellwarden
GenericName=Network anomaly detection
Comment=Finds and explains anomalies in call detail records and performance counters
Exec="$quoted" %F
Icon=cellwarden
Terminal=false
Categories=Science;DataVisualization;
MimeType=application/x-cellwarden;text/csv;text/tab-separated-values;application/vnd.apache.parquet;application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;application/vnd.ms-excel;application/vnd.oasis.opendocument.spreadsheet;application/xml;application/json;
StartupWMClass=cellwarden
END
cat > "$type" <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-cellwarden">
    <comment>Cellwarden project</comment>
    <glob pattern="*.cellwarden"/>
  </mime-type>
</mime-info>
END
refresh
echo "Cellwarden is in the menu now. After moving the folder, run this again."
