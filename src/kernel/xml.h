/*
 * xml.h
 *		Reading XML that strangers wrote: a strict parser (no document type, no entities, no network, bounded size and depth)
 *		and a plain tree to look around in. Writing is in xml_write.h.
 *
 *		XmlNode    *root = xml_parse(content, &limits);
 *		XmlNode    *entry;
 *		for (entry = xml_child(statement, "Ntry"); entry != NULL; entry = xml_next(entry))
 *			amount = xml_text(entry, "Amt");
 *
 * The tree is in the caller's memory context and in the database's encoding; libxml2 is done with when xml_parse() returns.
 * Children are found in the namespace of their parent: prefixes do not matter.
 */
#ifndef MARKETPLACE_XML_H
#define MARKETPLACE_XML_H

#include "postgres.h"

typedef struct XmlAttribute
{
	const char *name;			/* without prefix */
	const char *value;
	struct XmlAttribute *next;
} XmlAttribute;

typedef struct XmlNode
{
	const char *name;			/* without prefix */
	const char *ns;				/* namespace, '' for none */
	const char *content;		/* its own text, as written; '' for none */
	int			line;			/* of the document, from 1 */
	XmlAttribute *attributes;
	struct XmlNode *parent;
	struct XmlNode *children;
	struct XmlNode *next;		/* sibling */
} XmlNode;

/* What a document may be, and how it is refused. */
typedef struct XmlLimits
{
	size_t		bytes;
	int			depth;
	int64		nodes;			/* elements and attributes */
	int			sqlstate;		/* errcode() of every refusal */
	const char *what;			/* 'bank file' */
} XmlLimits;

/* The root element. content is text of the database's encoding, whatever its XML declaration says. */
extern XmlNode *xml_parse(const char *content, const XmlLimits *limits);

/* First child of that name, next sibling of the same name; NULL when there is none. node may be NULL. */
extern XmlNode *xml_child(const XmlNode *node, const char *name);
extern XmlNode *xml_next(const XmlNode *node);

/* First descendant by a path of names, 'Acct/Id/IBAN', and its text without white space around it; NULL when it is not there or empty. */
extern XmlNode *xml_at(const XmlNode *node, const char *path);
extern char *xml_text(const XmlNode *node, const char *path);
extern const char *xml_attribute_value(const XmlNode *node, const char *name);

/* Where a node is, for messages: 'Document/BkToCstmrStmt/Stmt'. */
extern char *xml_path(const XmlNode *node);

/*
 * The same text for the same content, however it was written: comments, prefixes, indentation and the order of attributes
 * do not matter. For hashes.
 */
extern char *xml_canonical(const XmlNode *node);

#endif
