/*
 * lifecycle_diagram.c
 *		lifecycle_diagram(): a state machine drawn as text, for Mermaid or Graphviz.
 *
 * It draws what the view marketplace.lifecycle holds, so a diagram in a document can be made again and compared.
 */
#include "postgres.h"

#include "fmgr.h"
#include "kernel/errors.h"
#include "kernel/lifecycle_machine.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

/* Every state once, in the order in which the transitions name them. */
typedef struct StateList
{
	int			count;
	const char **names;
} StateList;

static int
state_number(const StateList *states, const char *name)
{
	for (int i = 0; i < states->count; i++)
		if (strcmp(states->names[i], name) == 0)
			return i;
	return -1;
}

static void
add_state(StateList *states, const char *name)
{
	if (name != NULL && state_number(states, name) < 0)
		states->names[states->count++] = name;
}

static StateList
list_states(const LifecycleMachine *machine)
{
	StateList	states = {0, palloc(2 * machine->ntransitions * sizeof(char *))};

	for (int i = 0; i < machine->ntransitions; i++)
	{
		add_state(&states, machine->transitions[i].from);
		add_state(&states, machine->transitions[i].to);
	}
	return states;
}

static bool
is_final(const LifecycleMachine *machine, const char *state)
{
	for (int i = 0; i < machine->ntransitions; i++)
		if (machine->transitions[i].from != NULL && strcmp(machine->transitions[i].from, state) == 0)
			return false;
	return true;
}

/* Mermaid takes a bare word as a state's name unless it is one of its own. */
static bool
is_mermaid_name(const char *name)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	static const char *const reserved[] = {"state", "note", "end", "direction", "class", "default", "style", "click"};

	for (int i = 0; i < lengthof(reserved); i++)
		if (strcmp(reserved[i], name) == 0)
			return false;
	return name[0] != '\0' && strspn(name, word) == strlen(name);
}

static char *
mermaid_name(const StateList *states, const char *name)
{
	return is_mermaid_name(name) ? pstrdup(name) : psprintf("s%d", state_number(states, name));
}

/* Text in double quotes; Mermaid has no escape for the quote but its own entity, Graphviz a backslash. */
static void
append_quoted(StringInfo out, const char *plain, const char *quote)
{
	appendStringInfoChar(out, '"');
	for (const char *c = plain; *c != '\0'; c++)
	{
		if (*c == '"')
			appendStringInfoString(out, quote);
		else if (*c == '\\' && quote[0] == '\\')
			appendStringInfoString(out, "\\\\");
		else if ((unsigned char) *c < ' ')
			appendStringInfoChar(out, ' ');
		else
			appendStringInfoChar(out, *c);
	}
	appendStringInfoChar(out, '"');
}

static void
draw_mermaid(StringInfo out, const LifecycleMachine *machine, const StateList *states)
{
	appendStringInfoString(out, "stateDiagram-v2\n");
	for (int i = 0; i < states->count; i++)
	{
		if (is_mermaid_name(states->names[i]))
			continue;
		appendStringInfoString(out, "    state ");
		append_quoted(out, states->names[i], "#quot;");
		appendStringInfo(out, " as s%d\n", i);
	}
	for (int i = 0; i < machine->ntransitions; i++)
	{
		const LifecycleTransition *t = &machine->transitions[i];

		appendStringInfo(out, "    %s --> %s : %s\n", t->from == NULL ? "[*]" : mermaid_name(states, t->from),
						 mermaid_name(states, t->to), t->event);
	}
	for (int i = 0; i < states->count; i++)
		if (is_final(machine, states->names[i]))
			appendStringInfo(out, "    %s --> [*]\n", mermaid_name(states, states->names[i]));
}

static void
draw_dot(StringInfo out, const LifecycleMachine *machine, const StateList *states)
{
	appendStringInfoString(out, "digraph ");
	append_quoted(out, machine->name, "\\\"");
	appendStringInfoString(out, " {\n    rankdir=LR;\n    node [shape=box, style=rounded];\n");
	appendStringInfoString(out, "    \"\" [shape=point];\n");
	for (int i = 0; i < states->count; i++)
	{
		if (!is_final(machine, states->names[i]))
			continue;
		appendStringInfoString(out, "    ");
		append_quoted(out, states->names[i], "\\\"");
		appendStringInfoString(out, " [peripheries=2];\n");
	}
	for (int i = 0; i < machine->ntransitions; i++)
	{
		const LifecycleTransition *t = &machine->transitions[i];

		appendStringInfoString(out, "    ");
		append_quoted(out, t->from == NULL ? "" : t->from, "\\\"");
		appendStringInfoString(out, " -> ");
		append_quoted(out, t->to, "\\\"");
		appendStringInfoString(out, " [label=");
		append_quoted(out, t->event, "\\\"");
		appendStringInfoString(out, "];\n");
	}
	appendStringInfoString(out, "}\n");
}

static char *
required_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(MK_MISSING_VALUE),
				 errmsg("%s must be given", name),
				 errdetail("Argument %d of lifecycle_diagram() is NULL.", n + 1),
				 errhint("lifecycle_diagram('shipment', 'mermaid').")));
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

PG_FUNCTION_INFO_V1(lifecycle_diagram);
Datum
lifecycle_diagram(PG_FUNCTION_ARGS)
{
	const char *name = required_text(fcinfo, 0, "machine");
	const char *format = required_text(fcinfo, 1, "format");
	const LifecycleMachine *machine = lifecycle_machine(name);
	StateList	states = list_states(machine);
	StringInfoData out;

	initStringInfo(&out);
	if (strcmp(format, "mermaid") == 0)
		draw_mermaid(&out, machine, &states);
	else if (strcmp(format, "dot") == 0)
		draw_dot(&out, machine, &states);
	else
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("there is no diagram format \"%s\"", format),
				 errdetail("Formats are mermaid and dot."),
				 errhint("lifecycle_diagram('%s', 'mermaid').", name)));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
