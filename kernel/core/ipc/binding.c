/* SPDX-License-Identifier: Apache-2.0
 *
 * Bindings to signals. See binding.h.
 */
#include "kernel/core/ipc/binding.h"
#include "kernel/raw/downcast.h"

bool binding_make(struct signal_binding *binding, const struct cap *signal, u64 bits, struct lineage *through)
{
	if (through != nullptr && !lineage_try_ref(through))
		return false;
	if (!cap_hold(signal)) {
		lineage_unref(through);
		return false;
	}
	*binding = (struct signal_binding){ object_as_signal(signal->object), signal->lineage, bits, through };
	return true;
}

void binding_release(const struct signal_binding *binding)
{
	if (binding->signal == nullptr)
		return;
	lineage_unref(binding->lineage);
	lineage_unref(binding->through);
	object_unref(&binding->signal->object);
}

void binding_drop(struct signal_binding *binding)
{
	struct signal_binding before = *binding;

	*binding = (struct signal_binding){};
	binding_release(&before);
}

void binding_raise(const struct signal_binding *binding)
{
	if (binding_valid(binding))
		signal_raise(binding->signal, binding->bits);
}
