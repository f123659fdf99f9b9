// A dictionary of a few messages, for tests of what dictionaries do.
#pragma once

namespace troupe::test {

inline constexpr const char* small_dictionary = R"(<fix type='FIX' major='4' minor='9' servicepack='0'>
 <header>
  <field name='BeginString' required='Y'/>
  <field name='BodyLength' required='Y'/>
  <field name='MsgType' required='Y'/>
  <field name='SenderCompID' required='Y'/>
  <field name='TargetCompID' required='Y'/>
  <field name='MsgSeqNum' required='Y'/>
  <field name='SenderSubID' required='N'/>
  <field name='PossDupFlag' required='N'/>
  <field name='SendingTime' required='Y'/>
  <group name='NoHops' required='N'>
   <field name='HopCompID' required='N'/>
   <field name='HopRefID' required='N'/>
  </group>
 </header>
 <messages>
  <message name='Heartbeat' msgtype='0' msgcat='admin'>
   <field name='TestReqID' required='N'/>
  </message>
  <message name='NewOrderSingle' msgtype='D' msgcat='app'>
   <field name='ClOrdID' required='Y'/>
   <component name='Parties' required='N'/>
   <component name='Instrument' required='Y'/>
   <field name='Side' required='Y'/>
   <field name='OrderQty' required='Y'/> <!-- order -->
   <field name='ExecInst' required='N'/>
   <field name='LocateReqd' required='N'/>
   <component name='Blob' required='N'/>
   <component name='Commission' required='N'/>
   <field name='Text' required='N'/>
  </message>
  <message name='OwnOrder' msgtype='UXY' msgcat='app'>
   <field name='ClOrdID' required='Y'/>
   <field name='FarAway' required='N'/>
   <component name='Instrument' required='N'/>
  </message>
 </messages>
 <trailer>
  <field name='CheckSum' required='Y'/>
 </trailer>
 <components>
  <component name='Instrument'>
   <field name='Symbol' required='Y'/>
   <field name='SecurityType' required='N'/>
  </component>
  <component name='Blob'>
   <field name='BlobLength' required='N'/>
   <field name='BlobData' required='N'/>
  </component>
  <component name='Commission'>
   <field name='CommType' required='Y'/>
   <field name='CommRate' required='N'/>
  </component>
  <component name='Parties'>
   <group name='NoPartyIDs' required='N'>
    <field name='PartyID' required='Y'/>
    <field name='PartyIDSource' required='N'/>
    <field name='PartyRole' required='Y'/>
    <group name='NoPartySubIDs' required='N'>
     <field name='PartySubID' required='Y'/>
     <field name='PartySubIDType' required='N'/>
    </group>
   </group>
  </component>
 </components>
 <fields>
  <field number='8' name='BeginString' type='STRING'/>
  <field number='9' name='BodyLength' type='LENGTH'/>
  <field number='10' name='CheckSum' type='STRING'/>
  <field number='11' name='ClOrdID' type='STRING'/>
  <field number='13' name='CommType' type='CHAR'/>
  <field number='15' name='CommRate' type='AMT'/>
  <field number='18' name='ExecInst' type='MULTIPLECHARVALUE'>
   <value enum='1' description='NOT_HELD'/>
   <value enum='A' description='NO_CROSS'/>
  </field>
  <field number='34' name='MsgSeqNum' type='SEQNUM'/>
  <field number='35' name='MsgType' type='STRING'/>
  <field number='38' name='OrderQty' type='QTY'/>
  <field number='43' name='PossDupFlag' type='BOOLEAN'/>
  <field number='49' name='SenderCompID' type='STRING'/>
  <field number='50' name='SenderSubID' type='STRING'/>
  <field number='52' name='SendingTime' type='UTCTIMESTAMP'/>
  <field number='54' name='Side' type='CHAR'>
   <value enum='1' description='BUY'/>
   <value enum='2' description='SELL'/>
  </field>
  <field number='55' name='Symbol' type='STRING'/>
  <field number='56' name='TargetCompID' type='STRING'/>
  <field number='58' name='Text' type='STRING'/>
  <field number='112' name='TestReqID' type='STRING'/>
  <field number='114' name='LocateReqd' type='BOOLEAN'>
   <value enum='N' description='NO'/>
   <value enum='Y' description='YES'/>
  </field>
  <field number='167' name='SecurityType' type='STRING'>
   <value enum='FUT' description='FUTURE'/>
   <value enum='CS' description='COMMON_STOCK'/>
  </field>
  <field number='447' name='PartyIDSource' type='CHAR'/>
  <field number='448' name='PartyID' type='STRING'/>
  <field number='452' name='PartyRole' type='INT'>
   <value enum='1' description='EXECUTING_FIRM'/>
   <value enum='4' description='CLEARING_FIRM'/>
  </field>
  <field number='453' name='NoPartyIDs' type='NUMINGROUP'/>
  <field number='523' name='PartySubID' type='STRING'/>
  <field number='627' name='NoHops' type='NUMINGROUP'/>
  <field number='628' name='HopCompID' type='STRING'/>
  <field number='630' name='HopRefID' type='SEQNUM'/>
  <field number='802' name='NoPartySubIDs' type='NUMINGROUP'/>
  <field number='803' name='PartySubIDType' type='INT'/>
  <field number='9100' name='BlobLength' type='LENGTH'/>
  <field number='9101' name='BlobData' type='DATA'/>
  <field number='100001' name='FarAway' type='STRING'/>
 </fields>
</fix>
)";

}  // namespace troupe::test
