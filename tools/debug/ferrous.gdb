# SPDX-License-Identifier: Apache-2.0
# Commands of our own for gdb. `help user-defined' lists them.

define program
  add-symbol-file $arg0 -o $arg1
end
document program
program FILE BASE: loads the symbols of a guest program (out/.../programs/NAME.elf) that was loaded at BASE.
end

define bootinfo
  print *(const struct boot_info *)$rdi
end
document bootinfo
bootinfo: shows what the loader handed over; valid at the kernel's first instruction.
end
