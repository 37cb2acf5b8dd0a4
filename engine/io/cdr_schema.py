"""Call detail records (3GPP TS 32.298): the part of the schema that series are made of.

Written for this program: the record types that carry the traffic of a cell, with the fields that are read and no
others; every field is optional here, because networks leave out what they do not charge for. Tags are those of
TS 32.298 release 16, which earlier releases share for these fields. A choice inside a record is written as a sequence
of optional fields, which is the same on the wire and takes alternatives that are not listed.
"""

from __future__ import annotations

MODULE = "CallDetailRecords"
RECORD = "CallDetailRecord"

SCHEMA = """
CallDetailRecords DEFINITIONS IMPLICIT TAGS ::= BEGIN

CallDetailRecord ::= CHOICE {
    moCallRecord           [0]   MOCall,
    mtCallRecord           [1]   MTCall,
    moSMSRecord            [6]   MOMessage,
    mtSMSRecord            [7]   MTMessage,
    sgsnPDPRecord          [20]  SgsnSession,
    sgsnSMORecord          [23]  SgsnMOMessage,
    sgsnSMTRecord          [24]  SgsnMTMessage,
    sGWRecord              [78]  ServingGatewaySession,
    pGWRecord              [79]  PacketGatewaySession,
    chargingFunctionRecord [200] ChargingFunctionSession
}

MOCall ::= SET {
    recordType     [0]  INTEGER OPTIONAL,
    servedIMSI     [1]  Digits OPTIONAL,
    servedIMEI     [2]  Digits OPTIONAL,
    servedMSISDN   [3]  Number OPTIONAL,
    callingNumber  [4]  Number OPTIONAL,
    calledNumber   [5]  Number OPTIONAL,
    location       [12] AreaAndCell OPTIONAL,
    seizureTime    [22] Moment OPTIONAL,
    answerTime     [23] Moment OPTIONAL,
    releaseTime    [24] Moment OPTIONAL,
    callDuration   [25] INTEGER OPTIONAL,
    causeForTerm   [30] INTEGER OPTIONAL,
    sequenceNumber [33] INTEGER OPTIONAL
}

MTCall ::= SET {
    recordType     [0]  INTEGER OPTIONAL,
    servedIMSI     [1]  Digits OPTIONAL,
    servedIMEI     [2]  Digits OPTIONAL,
    servedMSISDN   [3]  Number OPTIONAL,
    callingNumber  [4]  Number OPTIONAL,
    location       [9]  AreaAndCell OPTIONAL,
    seizureTime    [19] Moment OPTIONAL,
    answerTime     [20] Moment OPTIONAL,
    releaseTime    [21] Moment OPTIONAL,
    callDuration   [22] INTEGER OPTIONAL,
    causeForTerm   [27] INTEGER OPTIONAL,
    sequenceNumber [30] INTEGER OPTIONAL
}

MOMessage ::= SET {
    recordType        [0]  INTEGER OPTIONAL,
    servedIMSI        [1]  Digits OPTIONAL,
    servedMSISDN      [3]  Number OPTIONAL,
    location          [7]  AreaAndCell OPTIONAL,
    originationTime   [9]  Moment OPTIONAL,
    smsResult         [10] Result OPTIONAL,
    destinationNumber [12] Number OPTIONAL
}

MTMessage ::= SET {
    recordType   [0] INTEGER OPTIONAL,
    servedIMSI   [2] Digits OPTIONAL,
    servedMSISDN [4] Number OPTIONAL,
    location     [7] AreaAndCell OPTIONAL,
    deliveryTime [8] Moment OPTIONAL,
    smsResult    [9] Result OPTIONAL
}

SgsnSession ::= SET {
    recordType           [0]  INTEGER OPTIONAL,
    servedIMSI           [3]  Digits OPTIONAL,
    servedIMEI           [4]  Digits OPTIONAL,
    locationAreaCode     [8]  OCTET STRING OPTIONAL,
    cellIdentifier       [9]  OCTET STRING OPTIONAL,
    listOfTrafficVolumes [15] SEQUENCE OF TrafficVolume OPTIONAL,
    recordOpeningTime    [16] Moment OPTIONAL,
    duration             [17] INTEGER OPTIONAL,
    causeForRecClosing   [19] INTEGER OPTIONAL,
    recordSequenceNumber [21] INTEGER OPTIONAL,
    servedMSISDN         [27] Number OPTIONAL
}

SgsnMOMessage ::= SET {
    recordType              [0]  INTEGER OPTIONAL,
    servedIMSI              [1]  Digits OPTIONAL,
    servedMSISDN            [3]  Number OPTIONAL,
    locationArea            [7]  OCTET STRING OPTIONAL,
    cellIdentifier          [9]  OCTET STRING OPTIONAL,
    eventTimeStamp          [11] Moment OPTIONAL,
    smsResult               [12] Result OPTIONAL,
    userLocationInformation [26] OCTET STRING OPTIONAL
}

SgsnMTMessage ::= SET {
    recordType              [0]  INTEGER OPTIONAL,
    servedIMSI              [1]  Digits OPTIONAL,
    servedMSISDN            [3]  Number OPTIONAL,
    locationArea            [7]  OCTET STRING OPTIONAL,
    cellIdentifier          [9]  OCTET STRING OPTIONAL,
    eventTimeStamp          [10] Moment OPTIONAL,
    smsResult               [11] Result OPTIONAL,
    userLocationInformation [25] OCTET STRING OPTIONAL
}

ServingGatewaySession ::= SET {
    recordType              [0]  INTEGER OPTIONAL,
    servedIMSI              [3]  Digits OPTIONAL,
    listOfTrafficVolumes    [12] SEQUENCE OF TrafficVolume OPTIONAL,
    recordOpeningTime       [13] Moment OPTIONAL,
    duration                [14] INTEGER OPTIONAL,
    causeForRecClosing      [15] INTEGER OPTIONAL,
    recordSequenceNumber    [17] INTEGER OPTIONAL,
    servedMSISDN            [22] Number OPTIONAL,
    servedIMEI              [29] Digits OPTIONAL,
    userLocationInformation [32] OCTET STRING OPTIONAL
}

PacketGatewaySession ::= SET {
    recordType              [0]  INTEGER OPTIONAL,
    servedIMSI              [3]  Digits OPTIONAL,
    listOfTrafficVolumes    [12] SEQUENCE OF TrafficVolume OPTIONAL,
    recordOpeningTime       [13] Moment OPTIONAL,
    duration                [14] INTEGER OPTIONAL,
    causeForRecClosing      [15] INTEGER OPTIONAL,
    recordSequenceNumber    [17] INTEGER OPTIONAL,
    servedMSISDN            [22] Number OPTIONAL,
    servedIMEI              [29] Digits OPTIONAL,
    userLocationInformation [32] OCTET STRING OPTIONAL,
    listOfServiceData       [34] SEQUENCE OF ServiceVolume OPTIONAL
}

ChargingFunctionSession ::= SET {
    recordType                    [0]  INTEGER OPTIONAL,
    subscriberIdentifier          [2]  Subscription OPTIONAL,
    listOfMultipleUnitUsage       [5]  SEQUENCE OF UnitUsage OPTIONAL,
    recordOpeningTime             [6]  Moment OPTIONAL,
    duration                      [7]  INTEGER OPTIONAL,
    recordSequenceNumber          [8]  INTEGER OPTIONAL,
    causeForRecClosing            [9]  INTEGER OPTIONAL,
    pDUSessionChargingInformation [13] SessionInformation OPTIONAL
}

TrafficVolume ::= SEQUENCE {
    dataVolumeGPRSUplink    [3] INTEGER OPTIONAL,
    dataVolumeGPRSDownlink  [4] INTEGER OPTIONAL,
    changeTime              [6] Moment OPTIONAL,
    userLocationInformation [8] OCTET STRING OPTIONAL
}

ServiceVolume ::= SEQUENCE {
    timeOfFirstUsage        [5]  Moment OPTIONAL,
    datavolumeFBCUplink     [12] INTEGER OPTIONAL,
    datavolumeFBCDownlink   [13] INTEGER OPTIONAL,
    timeOfReport            [14] Moment OPTIONAL,
    userLocationInformation [20] OCTET STRING OPTIONAL
}

UnitUsage ::= SEQUENCE {
    usedUnitContainers [1] SEQUENCE OF UsedUnits OPTIONAL
}

UsedUnits ::= SEQUENCE {
    triggerTimeStamp        [3]  Moment OPTIONAL,
    dataVolumeUplink        [5]  INTEGER OPTIONAL,
    dataVolumeDownlink      [6]  INTEGER OPTIONAL,
    pDUContainerInformation [11] ContainerInformation OPTIONAL
}

ContainerInformation ::= SEQUENCE {
    timeOfFirstUsage            [2]  Moment OPTIONAL,
    userLocationInformation     [5]  OCTET STRING OPTIONAL,
    userLocationInformationASN1 [18] PlainLocation OPTIONAL
}

SessionInformation ::= SET {
    userLocationInformation     [3]  OCTET STRING OPTIONAL,
    userLocationInformationASN1 [35] PlainLocation OPTIONAL
}

PlainLocation ::= SEQUENCE {
    eutraLocation [0] EutraLocation OPTIONAL,
    nrLocation    [1] NrLocation OPTIONAL
}

EutraLocation ::= SEQUENCE { ecgi [1] CellIdentity OPTIONAL }

NrLocation ::= SEQUENCE { ncgi [1] CellIdentity OPTIONAL }

CellIdentity ::= SEQUENCE {
    plmnId [0] OCTET STRING OPTIONAL,
    cellId [1] UTF8String OPTIONAL
}

Subscription ::= SET {
    subscriptionIDType [0] ENUMERATED { e164(0), imsi(1), sip(2), nai(3), private(4) } OPTIONAL,
    subscriptionIDData [1] UTF8String OPTIONAL
}

AreaAndCell ::= SEQUENCE {
    locationAreaCode [0] OCTET STRING OPTIONAL,
    cellId           [1] OCTET STRING OPTIONAL
}

Result ::= SEQUENCE {
    gsm0408Cause         [0] INTEGER OPTIONAL,
    gsm0902MapErrorValue [1] INTEGER OPTIONAL,
    itu-tQ767Cause       [2] INTEGER OPTIONAL,
    diameterResultCode   [7] INTEGER OPTIONAL
}

Moment ::= OCTET STRING (SIZE (9))
Digits ::= OCTET STRING
Number ::= OCTET STRING

END
"""
