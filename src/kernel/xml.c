/*
 * xml.c
 *		Reading XML that strangers wrote (xml.h). The only file that calls libxml2's parser.
 *
 * libxml2 must not be left by longjmp(): its callbacks only count and note what is wrong in a struct; errors are raised
 * after it has returned, and its tree is copied and freed before anybody sees it. A document type declaration ends
 * parsing where it stands, so no entity but the five of XML is ever known, expanded or fetched.
 */
#include "kernel/xml.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#define MESSAGE_SIZE 256

/* While libxml2 is at work. */
typedef struct Parsing
{
	const XmlLimits *limits;
	int64		nodes;
	int			depth;
	bool		has_doctype;
	bool		too_deep;
	bool		too_many;
	int			line;			/* of the first error; 0: none */
	char		message[MESSAGE_SIZE];
} Parsing;

static Parsing *
parsing_of(void *context)
{
	return ((xmlParserCtxtPtr) context)->_private;
}

/* libxml2 quotes what it read: only what every encoding has is kept. */
static void
note_error(Parsing *parsing, const char *message, int line)
{
	int			n = 0;

	if (parsing->line != 0)
		return;
	parsing->line = Max(line, 1);
	for (const char *c = message; *c != '\0' && n < MESSAGE_SIZE - 1; c++)
		parsing->message[n++] = *c == '\n' ? ' ' : (*c < ' ' || *c > '~' ? '?' : *c);
	while (n > 0 && parsing->message[n - 1] == ' ')
		n--;
	parsing->message[n] = '\0';
}

static void
#if LIBXML_VERSION >= 21200
on_error(void *context, const xmlError *error)
#else
on_error(void *context, xmlErrorPtr error)
#endif
{
	if (error->level >= XML_ERR_ERROR)
		note_error(parsing_of(context), error->message != NULL ? error->message : "not well-formed", error->line);
}

static void
on_document_type(void *context, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
	parsing_of(context)->has_doctype = true;
	xmlStopParser(context);
}

static void
on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nnamespaces,
		 const xmlChar **namespaces, int nattributes, int ndefaulted, const xmlChar **attributes)
{
	Parsing    *parsing = parsing_of(context);

	parsing->nodes += 1 + nnamespaces + nattributes;
	parsing->depth++;
	parsing->too_many |= parsing->nodes > parsing->limits->nodes;
	parsing->too_deep |= parsing->depth > parsing->limits->depth;
	if (parsing->too_many || parsing->too_deep)
		xmlStopParser(context);
	else
		xmlSAX2StartElementNs(context, name, prefix, uri, nnamespaces, namespaces, nattributes, ndefaulted, attributes);
}

static void
on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	parsing_of(context)->depth--;
	xmlSAX2EndElementNs(context, name, prefix, uri);
}

/* NULL when it is refused: parsing says why. */
static xmlDocPtr
parse(const char *utf8, size_t length, Parsing *parsing)
{
	xmlParserCtxtPtr context = xmlNewParserCtxt();
	xmlDocPtr	document;

	if (context == NULL)
		return NULL;
	context->_private = parsing;
	context->sax->serror = on_error;
	context->sax->internalSubset = on_document_type;
	context->sax->startElementNs = on_start;
	context->sax->endElementNs = on_end;
	context->sax->comment = NULL;
	context->sax->processingInstruction = NULL;
	document = xmlCtxtReadMemory(context, utf8, (int) length, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOCDATA |
								 XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT | XML_PARSE_BIG_LINES);
	xmlFreeParserCtxt(context);
	if (document != NULL && (parsing->line != 0 || parsing->has_doctype || parsing->too_many || parsing->too_deep))
	{
		xmlFreeDoc(document);
		document = NULL;
	}
	return document;
}

static void refuse(const Parsing *parsing) pg_attribute_noreturn();

static void
refuse(const Parsing *parsing)
{
	const XmlLimits *limits = parsing->limits;

	if (parsing->has_doctype)
		ereport(ERROR,
				errcode(limits->sqlstate),
				errmsg("the %s has a document type declaration", limits->what),
				errdetail("Entities are neither expanded nor fetched, and no message of this kind needs any."),
				errhint("Have the sender leave <!DOCTYPE …> out."));
	if (parsing->too_deep)
		ereport(ERROR,
				errcode(limits->sqlstate),
				errmsg("the %s is nested too deeply", limits->what),
				errdetail("At most %d levels are read.", limits->depth),
				errhint("This is no message of a bank or a partner."));
	if (parsing->too_many)
		ereport(ERROR,
				errcode(limits->sqlstate),
				errmsg("the %s has too many elements", limits->what),
				errdetail("At most %lld elements and attributes are read.", (long long) limits->nodes),
				errhint("Have the sender split it."));
	ereport(ERROR,
			errcode(limits->sqlstate),
			errmsg("the %s is not well-formed XML", limits->what),
			parsing->line != 0 ? errdetail("Line %d: %s.", parsing->line, parsing->message) :
			errdetail("The parser could not read it."),
			errhint("Fetch the file again: it may have been cut off or edited."));
}

static char *
to_server(const char *utf8)
{
	char	   *converted = pg_any_to_server(utf8, strlen(utf8), PG_UTF8);

	return converted == utf8 ? pstrdup(utf8) : converted;
}

static const char *
namespace_of(const xmlNode *node, const XmlNode *parent)
{
	const char *href = node->ns == NULL || node->ns->href == NULL ? "" : (const char *) node->ns->href;

	if (parent != NULL && strcmp(parent->ns, href) == 0)
		return parent->ns;
	return to_server(href);
}

/* The attribute's text; entity references cannot be there, since none are known. */
static char *
value_of(const xmlAttr *attribute)
{
	StringInfoData value;

	initStringInfo(&value);
	for (const xmlNode *part = attribute->children; part != NULL; part = part->next)
		if (part->content != NULL)
			appendStringInfoString(&value, (const char *) part->content);
	return to_server(value.data);
}

/* Text between child elements comes in pieces; there is one piece nearly always. */
static void
add_text(XmlNode *node, StringInfo pieces, char *piece)
{
	if (node->content[0] == '\0')
	{
		node->content = piece;
		return;
	}
	if (pieces->data == NULL)
	{
		initStringInfo(pieces);
		appendStringInfoString(pieces, node->content);
	}
	appendStringInfoString(pieces, piece);
	node->content = pieces->data;
}

static XmlNode *
copy_node(const xmlNode *source, XmlNode *parent)
{
	XmlNode    *node = palloc0(sizeof(XmlNode));
	XmlNode   **tail = &node->children;
	XmlAttribute **last = &node->attributes;
	StringInfoData content = {.data = NULL};

	check_stack_depth();
	node->content = "";
	node->name = to_server((const char *) source->name);
	node->ns = namespace_of(source, parent);
	node->line = (int) xmlGetLineNo(source);
	node->parent = parent;
	for (const xmlAttr *a = source->properties; a != NULL; a = a->next)
	{
		*last = palloc0(sizeof(XmlAttribute));
		(*last)->name = to_server((const char *) a->name);
		(*last)->value = value_of(a);
		last = &(*last)->next;
	}
	for (const xmlNode *child = source->children; child != NULL; child = child->next)
	{
		if (child->type == XML_ELEMENT_NODE)
		{
			*tail = copy_node(child, node);
			tail = &(*tail)->next;
		}
		else if (child->type == XML_TEXT_NODE && child->content != NULL)
			add_text(node, &content, to_server((const char *) child->content));
	}
	return node;
}

XmlNode *
xml_parse(const char *content, const XmlLimits *limits)
{
	Parsing		parsing = {.limits = limits};
	size_t		length = strlen(content);
	XmlNode    *volatile root = NULL;
	char	   *utf8;
	xmlDocPtr	document;

	if (length > limits->bytes)
		ereport(ERROR,
				errcode(limits->sqlstate),
				errmsg("the %s is too large", limits->what),
				errdetail("It has %zu bytes; at most %zu are read.", length, limits->bytes),
				errhint("Have the sender split it."));
	utf8 = pg_server_to_any(content, length, PG_UTF8);
	document = parse(utf8, utf8 == content ? length : strlen(utf8), &parsing);
	if (document == NULL)
		refuse(&parsing);
	PG_TRY();
	{
		root = copy_node(xmlDocGetRootElement(document), NULL);
	}
	PG_FINALLY();
	{
		xmlFreeDoc(document);
	}
	PG_END_TRY();
	return root;
}

static bool
is_named(const XmlNode *node, const char *name, size_t length, const char *ns)
{
	return strncmp(node->name, name, length) == 0 && node->name[length] == '\0' && strcmp(node->ns, ns) == 0;
}

static XmlNode *
find_child(const XmlNode *node, const char *name, size_t length)
{
	if (node != NULL)
		for (XmlNode *child = node->children; child != NULL; child = child->next)
			if (is_named(child, name, length, node->ns))
				return child;
	return NULL;
}

XmlNode *
xml_child(const XmlNode *node, const char *name)
{
	return find_child(node, name, strlen(name));
}

XmlNode *
xml_next(const XmlNode *node)
{
	for (XmlNode *sibling = node->next; sibling != NULL; sibling = sibling->next)
		if (is_named(sibling, node->name, strlen(node->name), node->ns))
			return sibling;
	return NULL;
}

XmlNode *
xml_at(const XmlNode *node, const char *path)
{
	const XmlNode *at = node;

	while (at != NULL && *path != '\0')
	{
		size_t		length = strcspn(path, "/");

		at = find_child(at, path, length);
		path += length;
		if (*path == '/')
			path++;
	}
	return unconstify(XmlNode *, at);
}

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *
xml_text(const XmlNode *node, const char *path)
{
	const XmlNode *at = xml_at(node, path);
	const char *start;
	size_t		length;

	if (at == NULL)
		return NULL;
	start = at->content;
	while (is_white(*start))
		start++;
	length = strlen(start);
	while (length > 0 && is_white(start[length - 1]))
		length--;
	return length == 0 ? NULL : pnstrdup(start, length);
}

const char *
xml_attribute_value(const XmlNode *node, const char *name)
{
	if (node != NULL)
		for (const XmlAttribute *a = node->attributes; a != NULL; a = a->next)
			if (strcmp(a->name, name) == 0)
				return a->value;
	return NULL;
}

char *
xml_path(const XmlNode *node)
{
	return node->parent == NULL ? pstrdup(node->name) : psprintf("%s/%s", xml_path(node->parent), node->name);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(XmlAttribute *const *) a)->name, (*(XmlAttribute *const *) b)->name);
}

/* Each part with its length before it, so that no two contents give the same text. */
static void
append_part(StringInfo out, char kind, const char *part)
{
	appendStringInfo(out, "%c%zu:%s", kind, strlen(part), part);
}

static void
append_canonical(StringInfo out, const XmlNode *node)
{
	XmlAttribute **sorted;
	char	   *trimmed = xml_text(node, "");
	int			n = 0;

	check_stack_depth();
	append_part(out, '<', node->name);
	for (const XmlAttribute *a = node->attributes; a != NULL; a = a->next)
		n++;
	sorted = palloc(sizeof(XmlAttribute *) * Max(n, 1));
	n = 0;
	for (XmlAttribute *a = node->attributes; a != NULL; a = a->next)
		sorted[n++] = a;
	qsort(sorted, n, sizeof(XmlAttribute *), by_name);
	for (int i = 0; i < n; i++)
	{
		append_part(out, '@', sorted[i]->name);
		append_part(out, '=', sorted[i]->value);
	}
	if (trimmed != NULL)
		append_part(out, '\'', trimmed);
	for (const XmlNode *child = node->children; child != NULL; child = child->next)
		append_canonical(out, child);
	appendStringInfoChar(out, '>');
}

char *
xml_canonical(const XmlNode *node)
{
	StringInfoData out;

	initStringInfo(&out);
	append_canonical(&out, node);
	return out.data;
}
