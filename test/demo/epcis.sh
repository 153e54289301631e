#!/bin/sh
# What the carrier says about the three parcels of the demo, as one GS1 EPCIS 2.0 document with times of today: the first parcel's
# delivery before its departure, the second's delivery twice, the third's delivery before its departure.
at() { date -u -d "$1 minutes ago" +%Y-%m-%dT%H:%M:%S.000Z; }
event() { # id, SSCC as EPC, minutes ago, bizStep, disposition
	printf '{"type": "ObjectEvent", "eventID": "urn:uuid:%s", "eventTime": "%s", "eventTimeZoneOffset": "+01:00", "epcList": ["%s"], "action": "OBSERVE", "bizStep": "%s", "disposition": "%s", "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"}}' \
		"$1" "$(at "$3")" "$2" "$4" "$5"
}
a=urn:epc:id:sscc:0614141.1234567890 b=urn:epc:id:sscc:1234500.0000000002 c=urn:epc:id:sscc:4012345.3000000003
cat <<JSON
{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument", "schemaVersion": "2.0",
 "creationDate": "$(at 0)", "epcisBody": {"eventList": [
 $(event 00000000-0000-4000-8000-00000000000a $a 30 receiving completeness_verified),
 $(event 00000000-0000-4000-8000-000000000001 $a 300 departing in_transit),
 $(event 00000000-0000-4000-8000-000000000002 $b 290 departing in_transit),
 $(event 00000000-0000-4000-8000-00000000000b $b 28 receiving completeness_verified),
 $(event 00000000-0000-4000-8000-00000000000b $b 28 receiving completeness_verified),
 $(event 00000000-0000-4000-8000-00000000000c $c 25 receiving completeness_verified),
 $(event 00000000-0000-4000-8000-000000000003 $c 280 departing in_transit)]}}
JSON
