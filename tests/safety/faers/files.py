"""Small quarters in the agency's two layouts, with invented reports."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

FAERS: Mapping[str, str] = {
    "DEMO": """\
primaryid$caseid$caseversion$i_f_code$event_dt$mfr_dt$init_fda_dt$fda_dt$rept_cod$auth_num$mfr_num$mfr_sndr$lit_ref$age$age_cod$age_grp$sex$e_sub$wt$wt_cod$rept_dt$to_mfr$occp_cod$reporter_country$occr_country
100000011$10000001$1$I$20180105$20180110$20180112$20180112$EXP$$US-ACME-1$ACME$$45$YR$A$F$Y$70$KG$20180112$$MD$US$US
100000022$10000002$2$F$201712$20180110$20171220$20180115$EXP$$US-ACME-2$ACME$$7$DEC$E$M$Y$154$LBS$20180115$$CN$US$US
100000031$10000003$1$I$2017$20180110$20180116$20180116$PER$$DE-BETA-3$BETA$$-1$YR$$NS$Y$$$20180116$$PH$DE$DE
100000041$10000004$1$I$$$20180117$20180117$DIR$$$$$$$$$N$$$20180117$N$OT$COUNTRY NOT SPECIFIED$
""",
    "DRUG": """\
primaryid$caseid$drug_seq$role_cod$drugname$prod_ai$val_vbm$route$dose_vbm$cum_dose_chr$cum_dose_unit$dechal$rechal$lot_num$exp_dt$nda_num$dose_amt$dose_unit$dose_form$dose_freq
100000011$10000001$1$PS$BOTOX$ONABOTULINUMTOXINA$1$Intramuscular$100 units$$$Y$D$L1$$103000$100$IU$INJECTION$QD
100000011$10000001$2$C$"ASPIRIN" #1 'B'$ASPIRIN$1$Oral$UNK$$$U$U$$$$81$MG$TABLET$QD
100000022$10000002$1$PS$DYSPORT$ABOBOTULINUMTOXINA$1$Intramuscular$$$$U$D$$$125274$$$$
100000031$10000003$1$PS$XEOMIN$INCOBOTULINUMTOXINA$1$$$$$$$$$125360$$$$
100000041$10000004$1$PS$SERTRALINE$SERTRALINE$1$Oral$50 MG$$$N$N$$$$50$MG$TABLET$QD
""",
    "REAC": """\
primaryid$caseid$pt$drug_rec_act
100000011$10000001$Depression$
100000022$10000002$Crohn^s disease$
100000031$10000003$Muscular  weakness$
100000041$10000004$Anxiety$Anxiety
""",
    "OUTC": """\
primaryid$caseid$outc_cod
100000011$10000001$HO
100000022$10000002$OT
""",
    "RPSR": """\
primaryid$caseid$rpsr_cod
100000011$10000001$HP
100000041$10000004$CSM
""",
    "THER": """\
primaryid$caseid$dsg_drug_seq$start_dt$end_dt$dur$dur_cod
100000011$10000001$1$20180101$201801$5$DAY
100000022$10000002$1$2017$$$
""",
    "INDI": """\
primaryid$caseid$indi_drug_seq$indi_pt
100000011$10000001$1$Migraine
100000022$10000002$1$Cervical dystonia
""",
}

AERS: Mapping[str, str] = {
    "DEMO": """\
ISR$CASE$I_F_COD$FOLL_SEQ$IMAGE$EVENT_DT$MFR_DT$FDA_DT$REPT_COD$MFR_NUM$MFR_SNDR$AGE$AGE_COD$GNDR_COD$E_SUB$WT$WT_COD$REPT_DT$OCCP_COD$DEATH_DT$TO_MFR$CONFID$REPORTER_COUNTRY
4200001$4100001$I$$4200001-7$20040101$20040110$20040112$EXP$ACME-1$ACME CORP.$45$YR$F$N$70$KG$20040112$MD$$$$UNITED STATES$
4200002$4100002$F$1$4200002-9$20031215$20040110$20040113$EXP$ACME-2$ACME CORP.$600$MON$M$N$154$LBS$20040113$CN$$N$N$JAPAN$
4200003$4100003$I$$4200003-0$$20040110$20040114$PER$BETA-3$BETA AG$79$YR$UNK$N$$$20040114$$$$$GERMANY, FEDERAL REPUBLIC OF$
""",  # noqa: E501
    "DRUG": """\
ISR$DRUG_SEQ$ROLE_COD$DRUGNAME$VAL_VBM$ROUTE$DOSE_VBM$DECHAL$RECHAL$LOT_NUM$EXP_DT$NDA_NUM
4200001$1000000001$PS$BOTOX$1$INTRAMUSCULAR$100 UNITS$Y$D$L1$$103000$
4200001$1000000002$C$ASPIRIN$1$ORAL$$U$D$$$$
4200002$1000000003$PS$SERTRALINE$1$ORAL$50 MG$N$N$$$19839$
4200003$1000000004$PS$DYSPORT$1$$$D$D$$$$
""",
    "REAC": """\
ISR$PT
4200001$DEPRESSION$
4200002$CROHN^S DISEASE$
4200003$MUSCULAR WEAKNESS$
""",
    "OUTC": "ISR$OUTC_COD\n4200001$HO$\n4200002$OT$\n",
    "RPSR": "ISR$RPSR_COD\n4200001$HP$\n",
    "THER": "ISR$DRUG_SEQ$START_DT$END_DT$DUR$DUR_COD\n4200001$1000000001$20031201$$5$DAY$\n4200002$1000000003$2003$$$$\n",  # noqa: E501
    "INDI": "ISR$DRUG_SEQ$INDI_PT\n4200001$1000000001$MIGRAINE\n4200002$1000000003$DEPRESSION\n",
}


def faers(quarter: str = "18Q1", **changed: str | bytes) -> dict[str, bytes]:
    """Give the files of a quarter of the current layout, some of them changed."""
    return _named(FAERS, quarter, "txt", changed)


def aers(quarter: str = "04Q1", **changed: str | bytes) -> dict[str, bytes]:
    """Give the files of a quarter of the legacy layout, some of them changed."""
    return _named(AERS, quarter, "TXT", changed)


def _named(
    tables: Mapping[str, str], quarter: str, suffix: str, changed: Mapping[str, str | bytes]
) -> dict[str, bytes]:
    files = {**tables, **changed}
    return {
        f"ascii/{table}{quarter}.{suffix}": text.encode() if isinstance(text, str) else text
        for table, text in files.items()
    }


def as_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def as_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write plain files."""
    for name, content in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return path


def contents(store: Path) -> dict[str, bytes]:
    """Give every file of a store but its lock."""
    return {
        str(path.relative_to(store)): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
