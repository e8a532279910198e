namespace GoneAway.Evidence.Tests.Config;

/// <summary>What the runtime socket of HAProxy 2.6 answered, in front of two servers that are down.</summary>
internal static class HaProxyAnswers
{
    public const string Csv = """
        # pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,agg_server_status,agg_server_check_status,agg_check_status,-,ssl_sess,ssl_reused_sess,ssl_failed_handshake,h2_headers_rcvd,h2_data_rcvd,h2_settings_rcvd,h2_rst_stream_rcvd,h2_goaway_rcvd,h2_detected_conn_protocol_errors,h2_detected_strm_protocol_errors,h2_rst_stream_resp,h2_goaway_resp,h2_open_connections,h2_backend_open_streams,h2_total_connections,h2_backend_total_streams,h1_open_connections,h1_open_streams,h1_total_connections,h1_total_streams,h1_bytes_in,h1_bytes_out,h1_spliced_bytes_in,h1_spliced_bytes_out,
        fe_mysql,FRONTEND,,,0,1,50,1,0,0,0,0,0,,,,,OPEN,,,,,,,,,1,2,0,,,,0,1,0,1,,,,,,,,,,,0,0,0,,,0,0,0,0,,,,,,,,,,,,,,,,,,,,,tcp,,1,1,1,,0,0,0,,,,,,,,,,,0,,,,,,,,,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
        be_mysql,db1,0,0,0,0,,0,0,0,,0,,0,0,0,0,DOWN,1,1,0,1,1,3,3,,1,3,1,,0,,2,0,,0,L4CON,,0,,,,,,,,,,,0,0,,,,,-1,Connection refused,,0,0,0,0,,,,Layer4 connection problem,,2,3,0,,,,127.0.0.1:47307,,tcp,,,,,,,,0,0,0,,,0,,0,0,0,0,0,0,0,0,1,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,,,
        be_mysql,db2,0,0,0,0,30,0,0,0,,0,,0,0,0,0,DOWN,1,0,1,1,1,2,2,,1,3,2,,0,,2,0,,0,L4CON,,0,,,,,,,,,,,0,0,,,,,-1,Connection refused,,0,0,0,0,,,,Layer4 connection problem,,2,3,0,,,,127.0.0.1:47308,,tcp,,,,,,,,0,0,0,,,0,,0,0,0,0,0,0,0,0,1,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,,,
        be_mysql,BACKEND,0,0,0,1,5,1,0,0,0,0,,1,0,0,0,DOWN,0,0,0,,1,2,2,,1,3,0,,0,,1,1,,1,,,,,,,,,,,,,,0,0,0,0,0,0,-1,,,0,0,0,0,,,,,,,,,,,,,,tcp,roundrobin,,,,,,,0,0,0,,,,,0,0,0,0,0,,,,,0,0,0,0,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
        web,FRONTEND,,,0,0,200,0,0,0,0,0,0,,,,,OPEN,,,,,,,,,1,4,0,,,,0,0,0,0,,,,0,0,0,0,0,0,,0,0,0,,,0,0,0,0,,,,,,,,,,,,,,,,,,,,,http,,0,0,0,0,0,0,0,,,0,0,,,,,,,0,,,,,,,,,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
        web,w1,0,0,0,0,,0,0,0,,0,,0,0,0,0,no check,1,1,0,,,3,,,1,4,1,,0,,2,0,,0,,,,0,0,0,0,0,0,,,,0,0,0,,,,,-1,,,0,0,0,0,,,,,,,,,,,,127.0.0.1:47310,,http,,,,,,,,0,0,0,,,0,,0,0,0,0,0,0,0,0,0,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,,,
        web,BACKEND,0,0,0,0,20,0,0,0,0,0,,0,0,0,0,UP,1,1,0,,0,3,0,,1,4,0,,0,,1,0,,0,,,,0,0,0,0,0,0,,,,0,0,0,0,0,0,0,-1,,,0,0,0,0,,,,,,,,,,,,,,http,roundrobin,,,,,,,0,0,0,0,0,,,0,0,0,0,0,,,,,1,0,0,0,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
        my2,FRONTEND,,,3,3,200,3,0,0,0,0,0,,,,,OPEN,,,,,,,,,1,5,0,,,,0,3,0,3,,,,,,,,,,,0,0,0,,,0,0,0,0,,,,,,,,,,,,,,,,,,,,,tcp,,3,3,3,,0,0,0,,,,,,,,,,,0,,,,,,,,,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
        my2,q,0,0,3,3,,3,0,0,,0,,0,0,0,0,no check,1,1,0,,,3,,,1,5,1,,3,,2,3,,3,,,,,,,,,,,,,,0,0,,,,,0,,,0,0,0,0,,,,,,,,,,,,127.0.0.1:47312,,tcp,,,,,,,,0,3,0,,,0,,0,0,0,0,0,0,0,0,1,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,,,
        my2,BACKEND,0,0,3,3,20,3,0,0,0,0,,0,0,0,0,UP,1,1,0,,0,3,0,,1,5,0,,3,,1,3,,3,,,,,,,,,,,,,,0,0,0,0,0,0,0,,,0,0,0,0,,,,,,,,,,,,,,tcp,roundrobin,,,,,,,0,3,0,,,,,0,0,0,0,0,,,,,1,0,0,0,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
        """;

    public const string Typed = """
        S.3.1.0.pxname.1:KNS:str:be_mysql
        S.3.1.1.svname.1:KNS:str:db1
        S.3.1.2.qcur.1:MGP:u32:0
        S.3.1.3.qmax.1:MMP:u32:0
        S.3.1.4.scur.1:MGP:u32:0
        S.3.1.5.smax.1:MMP:u32:0
        S.3.1.7.stot.1:MCP:u64:0
        S.3.1.8.bin.1:MCP:u64:0
        S.3.1.9.bout.1:MCP:u64:0
        S.3.1.11.dresp.1:MCP:u64:0
        S.3.1.13.econ.1:MCP:u64:0
        S.3.1.14.eresp.1:MCP:u64:0
        S.3.1.15.wretr.1:MCP:u64:0
        S.3.1.16.wredis.1:MCP:u64:0
        S.3.1.17.status.1:SGP:str:DOWN
        S.3.1.18.weight.1:MaP:u32:1
        S.3.1.19.act.1:SGP:u32:1
        S.3.1.20.bck.1:SGP:u32:0
        S.3.1.21.chkfail.1:MCP:u64:1
        S.3.1.22.chkdown.1:MCP:u64:1
        S.3.1.23.lastchg.1:MAP:u32:3
        S.3.1.24.downtime.1:MCP:u32:3
        S.3.1.26.pid.1:KGP:u32:1
        S.3.1.27.iid.1:KGS:u32:3
        S.3.1.28.sid.1:KGS:u32:1
        S.3.1.30.lbtot.1:MCP:u64:0
        S.3.1.32.type.1:CGS:u32:2
        S.3.1.33.rate.1:MRP:u32:0
        S.3.1.35.rate_max.1:MMP:u32:0
        S.3.1.36.check_status.1:MOP:str:L4CON
        S.3.1.38.check_duration.1:MDP:u64:0
        S.3.1.49.cli_abrt.1:MCP:u64:0
        S.3.1.50.srv_abrt.1:MCP:u64:0
        S.3.1.55.lastsess.1:MAP:s32:-1
        S.3.1.56.last_chk.1:MOP:str:Connection refused
        S.3.1.58.qtime.1:MaP:u32:0
        S.3.1.59.ctime.1:MaP:u32:0
        S.3.1.60.rtime.1:MaP:u32:0
        S.3.1.61.ttime.1:MaP:u32:0
        S.3.1.65.check_desc.1:MOP:str:Layer4 connection problem
        S.3.1.67.check_rise.1:CGS:u32:2
        S.3.1.68.check_fall.1:CGS:u32:3
        S.3.1.69.check_health.1:CGS:u32:0
        S.3.1.73.addr.1:CGS:str:127.0.0.1:47307
        S.3.1.75.mode.1:CGS:str:tcp
        S.3.1.83.wrew.1:MCP:u64:0
        S.3.1.84.connect.1:MCP:u64:0
        S.3.1.85.reuse.1:MCP:u64:0
        S.3.1.88.srv_icur.1:MGP:u32:0
        S.3.1.90.qtime_max.1:MMP:u32:0
        S.3.1.91.ctime_max.1:MMP:u32:0
        S.3.1.92.rtime_max.1:MMP:u32:0
        S.3.1.93.ttime_max.1:MMP:u32:0
        S.3.1.94.eint.1:MCP:u64:0
        S.3.1.95.idle_conn_cur.1:MGP:u32:0
        S.3.1.96.safe_conn_cur.1:MGP:u32:0
        S.3.1.97.used_conn_cur.1:MGP:u32:0
        S.3.1.98.need_conn_est.1:MGP:u32:1
        S.3.1.99.uweight.1:MaP:u32:1
        S.3.1.103.ssl_sess.1:MCP:u64:0
        S.3.1.104.ssl_reused_sess.1:MCP:u64:0
        S.3.1.105.ssl_failed_handshake.1:MCP:u64:0
        F.5.0.0.pxname.1:KNS:str:my2
        F.5.0.1.svname.1:KNS:str:FRONTEND
        F.5.0.4.scur.1:MGP:u32:3
        F.5.0.5.smax.1:MMP:u32:3
        F.5.0.6.slim.1:CLP:u32:200
        F.5.0.7.stot.1:MCP:u64:3
        F.5.0.8.bin.1:MCP:u64:0
        F.5.0.9.bout.1:MCP:u64:0
        F.5.0.10.dreq.1:MCP:u64:0
        F.5.0.11.dresp.1:MCP:u64:0
        F.5.0.12.ereq.1:MCP:u64:0
        F.5.0.17.status.1:SGP:str:OPEN
        F.5.0.26.pid.1:KGP:u32:1
        F.5.0.27.iid.1:KGS:u32:5
        F.5.0.28.sid.1:KGS:u32:0
        F.5.0.32.type.1:CGS:u32:0
        F.5.0.33.rate.1:MRP:u32:3
        F.5.0.34.rate_lim.1:CLP:u32:0
        F.5.0.35.rate_max.1:MMP:u32:3
        F.5.0.46.req_rate.1:MRP:u32:0
        F.5.0.47.req_rate_max.1:MMP:u32:0
        F.5.0.48.req_tot.1:MCP:u64:0
        F.5.0.51.comp_in.1:MCP:u64:0
        F.5.0.52.comp_out.1:MCP:u64:0
        F.5.0.53.comp_byp.1:MCP:u64:0
        F.5.0.54.comp_rsp.1:MCP:u64:0
        F.5.0.75.mode.1:CGS:str:tcp
        F.5.0.77.conn_rate.1:MRP:u32:3
        F.5.0.78.conn_rate_max.1:MMP:u32:3
        F.5.0.79.conn_tot.1:MCP:u64:3
        F.5.0.81.dcon.1:MCP:u64:0
        F.5.0.82.dses.1:MCP:u64:0
        F.5.0.83.wrew.1:MCP:u64:0
        F.5.0.94.eint.1:MCP:u64:0
        F.5.0.103.ssl_sess.1:MCP:u64:0
        F.5.0.104.ssl_reused_sess.1:MCP:u64:0
        F.5.0.105.ssl_failed_handshake.1:MCP:u64:0
        F.5.0.106.h2_headers_rcvd.1:MCP:u64:0
        F.5.0.107.h2_data_rcvd.1:MCP:u64:0
        F.5.0.108.h2_settings_rcvd.1:MCP:u64:0
        F.5.0.109.h2_rst_stream_rcvd.1:MCP:u64:0
        F.5.0.110.h2_goaway_rcvd.1:MCP:u64:0
        F.5.0.111.h2_detected_conn_protocol_errors.1:MCP:u64:0
        F.5.0.112.h2_detected_strm_protocol_errors.1:MCP:u64:0
        F.5.0.113.h2_rst_stream_resp.1:MCP:u64:0
        F.5.0.114.h2_goaway_resp.1:MCP:u64:0
        F.5.0.115.h2_open_connections.1:MGP:u64:0
        F.5.0.116.h2_backend_open_streams.1:MGP:u64:0
        F.5.0.117.h2_total_connections.1:MCP:u64:0
        F.5.0.118.h2_backend_total_streams.1:MCP:u64:0
        F.5.0.119.h1_open_connections.1:MGP:u64:0
        F.5.0.120.h1_open_streams.1:MGP:u64:0
        F.5.0.121.h1_total_connections.1:MCP:u64:0
        F.5.0.122.h1_total_streams.1:MCP:u64:0
        F.5.0.123.h1_bytes_in.1:MCP:u64:0
        F.5.0.124.h1_bytes_out.1:MCP:u64:0
        F.5.0.125.h1_spliced_bytes_in.1:MCP:u64:0
        F.5.0.126.h1_spliced_bytes_out.1:MCP:u64:0
        """;

    public const string Json = """
        [[{"objType":"Server","proxyId":3,"id":1,"field":{"pos":0,"name":"pxname"},"processNum":1,"tags":{"origin":"Key","nature":"Name","scope":"Service"},"value":{"type":"str","value":"be_mysql"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":1,"name":"svname"},"processNum":1,"tags":{"origin":"Key","nature":"Name","scope":"Service"},"value":{"type":"str","value":"db1"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":2,"name":"qcur"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":3,"name":"qmax"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":4,"name":"scur"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":5,"name":"smax"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":7,"name":"stot"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":8,"name":"bin"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":9,"name":"bout"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":11,"name":"dresp"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":13,"name":"econ"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":14,"name":"eresp"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":15,"name":"wretr"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":16,"name":"wredis"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":17,"name":"status"},"processNum":1,"tags":{"origin":"Status","nature":"Gauge","scope":"Process"},"value":{"type":"str","value":"DOWN"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":18,"name":"weight"},"processNum":1,"tags":{"origin":"Metric","nature":"Avg","scope":"Process"},"value":{"type":"u32","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":19,"name":"act"},"processNum":1,"tags":{"origin":"Status","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":20,"name":"bck"},"processNum":1,"tags":{"origin":"Status","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":21,"name":"chkfail"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":22,"name":"chkdown"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":23,"name":"lastchg"},"processNum":1,"tags":{"origin":"Metric","nature":"Age","scope":"Process"},"value":{"type":"u32","value":3}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":24,"name":"downtime"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u32","value":3}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":26,"name":"pid"},"processNum":1,"tags":{"origin":"Key","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":27,"name":"iid"},"processNum":1,"tags":{"origin":"Key","nature":"Gauge","scope":"Service"},"value":{"type":"u32","value":3}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":28,"name":"sid"},"processNum":1,"tags":{"origin":"Key","nature":"Gauge","scope":"Service"},"value":{"type":"u32","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":30,"name":"lbtot"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":32,"name":"type"},"processNum":1,"tags":{"origin":"Config","nature":"Gauge","scope":"Service"},"value":{"type":"u32","value":2}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":33,"name":"rate"},"processNum":1,"tags":{"origin":"Metric","nature":"Rate","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":35,"name":"rate_max"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":36,"name":"check_status"},"processNum":1,"tags":{"origin":"Metric","nature":"Output","scope":"Process"},"value":{"type":"str","value":"L4CON"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":38,"name":"check_duration"},"processNum":1,"tags":{"origin":"Metric","nature":"Duration","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":49,"name":"cli_abrt"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":50,"name":"srv_abrt"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":55,"name":"lastsess"},"processNum":1,"tags":{"origin":"Metric","nature":"Age","scope":"Process"},"value":{"type":"s32","value":-1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":56,"name":"last_chk"},"processNum":1,"tags":{"origin":"Metric","nature":"Output","scope":"Process"},"value":{"type":"str","value":"Connection refused"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":58,"name":"qtime"},"processNum":1,"tags":{"origin":"Metric","nature":"Avg","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":59,"name":"ctime"},"processNum":1,"tags":{"origin":"Metric","nature":"Avg","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":60,"name":"rtime"},"processNum":1,"tags":{"origin":"Metric","nature":"Avg","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":61,"name":"ttime"},"processNum":1,"tags":{"origin":"Metric","nature":"Avg","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":65,"name":"check_desc"},"processNum":1,"tags":{"origin":"Metric","nature":"Output","scope":"Process"},"value":{"type":"str","value":"Layer4 connection problem"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":67,"name":"check_rise"},"processNum":1,"tags":{"origin":"Config","nature":"Gauge","scope":"Service"},"value":{"type":"u32","value":2}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":68,"name":"check_fall"},"processNum":1,"tags":{"origin":"Config","nature":"Gauge","scope":"Service"},"value":{"type":"u32","value":3}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":69,"name":"check_health"},"processNum":1,"tags":{"origin":"Config","nature":"Gauge","scope":"Service"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":73,"name":"addr"},"processNum":1,"tags":{"origin":"Config","nature":"Gauge","scope":"Service"},"value":{"type":"str","value":"127.0.0.1:47307"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":75,"name":"mode"},"processNum":1,"tags":{"origin":"Config","nature":"Gauge","scope":"Service"},"value":{"type":"str","value":"tcp"}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":83,"name":"wrew"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":84,"name":"connect"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":85,"name":"reuse"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":88,"name":"srv_icur"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":90,"name":"qtime_max"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":91,"name":"ctime_max"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":92,"name":"rtime_max"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":93,"name":"ttime_max"},"processNum":1,"tags":{"origin":"Metric","nature":"Max","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":94,"name":"eint"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":95,"name":"idle_conn_cur"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":96,"name":"safe_conn_cur"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":97,"name":"used_conn_cur"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":98,"name":"need_conn_est"},"processNum":1,"tags":{"origin":"Metric","nature":"Gauge","scope":"Process"},"value":{"type":"u32","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":99,"name":"uweight"},"processNum":1,"tags":{"origin":"Metric","nature":"Avg","scope":"Process"},"value":{"type":"u32","value":1}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":103,"name":"ssl_sess"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":104,"name":"ssl_reused_sess"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}},{"objType":"Server","proxyId":3,"id":1,"field":{"pos":105,"name":"ssl_failed_handshake"},"processNum":1,"tags":{"origin":"Metric","nature":"Counter","scope":"Process"},"value":{"type":"u64","value":0}}]]
        """;

    public const string Info = """
        Name: HAProxy
        Version: 2.6.12-1+deb12u4
        Release_date: 2026/10/17
        Nbthread: 2
        Nbproc: 1
        Process_num: 1
        Pid: 19703
        Uptime: 0d 0h00m02s
        Uptime_sec: 2
        Memmax_MB: 0
        PoolAlloc_MB: 0
        PoolUsed_MB: 0
        PoolFailed: 0
        Ulimit-n: 432
        Maxsock: 432
        Maxconn: 200
        Hard_maxconn: 200
        CurrConns: 3
        CumConns: 10
        CumReq: 7
        MaxSslConns: 0
        CurrSslConns: 0
        CumSslConns: 0
        Maxpipes: 0
        PipesUsed: 0
        PipesFree: 0
        ConnRate: 4
        ConnRateLimit: 0
        MaxConnRate: 4
        SessRate: 4
        SessRateLimit: 0
        MaxSessRate: 4
        SslRate: 0
        SslRateLimit: 0
        MaxSslRate: 0
        SslFrontendKeyRate: 0
        SslFrontendMaxKeyRate: 0
        SslFrontendSessionReuse_pct: 0
        SslBackendKeyRate: 0
        SslBackendMaxKeyRate: 0
        SslCacheLookups: 0
        SslCacheMisses: 0
        CompressBpsIn: 0
        CompressBpsOut: 0
        CompressBpsRateLim: 0
        Tasks: 20
        Run_queue: 0
        Idle_pct: 100
        node: vm
        Stopping: 0
        Jobs: 8
        Unstoppable Jobs: 0
        Listeners: 4
        ActivePeers: 0
        ConnectedPeers: 0
        DroppedLogs: 0
        BusyPolling: 0
        FailedResolutions: 0
        TotalBytesOut: 24688
        TotalSplicdedBytesOut: 0
        BytesOutRate: 24640
        DebugCommandsIssued: 0
        CumRecvLogs: 0
        Build info: 2.6.12-1+deb12u4
        Memmax_bytes: 0
        PoolAlloc_bytes: 115824
        PoolUsed_bytes: 115824
        Start_time_sec: 1795248487
        Tainted: 0
        """;

    public const string InfoTyped = """
        0.Name.1:POS:str:HAProxy
        1.Version.1:POS:str:2.6.12-1+deb12u4
        2.Release_date.1:POS:str:2026/10/17
        3.Nbthread.1:CGS:u32:2
        4.Nbproc.1:CGS:u32:1
        5.Process_num.1:KGP:u32:1
        6.Pid.1:SGP:u32:19703
        7.Uptime.1:MDP:str:0d 0h00m02s
        8.Uptime_sec.1:MDP:u32:2
        9.Memmax_MB.1:CLP:u32:0
        10.PoolAlloc_MB.1:MGP:u32:0
        11.PoolUsed_MB.1:MGP:u32:0
        12.PoolFailed.1:MCP:u32:0
        13.Ulimit-n.1:CLP:u32:432
        14.Maxsock.1:CLP:u32:432
        15.Maxconn.1:CLP:u32:200
        16.Hard_maxconn.1:CLP:u32:200
        17.CurrConns.1:MGP:u32:3
        18.CumConns.1:MCP:u32:11
        19.CumReq.1:MCP:u32:8
        20.MaxSslConns.1:MMP:u32:0
        21.CurrSslConns.1:MGP:u32:0
        22.CumSslConns.1:MCP:u32:0
        23.Maxpipes.1:CLP:u32:0
        24.PipesUsed.1:MGP:u32:0
        25.PipesFree.1:MGP:u32:0
        26.ConnRate.1:MRP:u32:4
        27.ConnRateLimit.1:CLP:u32:0
        28.MaxConnRate.1:MMP:u32:4
        29.SessRate.1:MRP:u32:4
        30.SessRateLimit.1:CLP:u32:0
        31.MaxSessRate.1:MRP:u32:4
        32.SslRate.1:MRP:u32:0
        33.SslRateLimit.1:CLP:u32:0
        34.MaxSslRate.1:MMP:u32:0
        35.SslFrontendKeyRate.1:MGP:u32:0
        36.SslFrontendMaxKeyRate.1:MMP:u32:0
        37.SslFrontendSessionReuse_pct.1:MGP:u32:0
        38.SslBackendKeyRate.1:MRP:u32:0
        39.SslBackendMaxKeyRate.1:MMP:u32:0
        40.SslCacheLookups.1:MCP:u32:0
        41.SslCacheMisses.1:MCP:u32:0
        42.CompressBpsIn.1:MRP:u32:0
        43.CompressBpsOut.1:MRP:u32:0
        44.CompressBpsRateLim.1:CLP:u32:0
        47.Tasks.1:MGP:u32:20
        48.Run_queue.1:MGP:u32:0
        49.Idle_pct.1:MaP:u32:100
        50.node.1:COS:str:vm
        52.Stopping.1:MGP:u32:0
        53.Jobs.1:MGP:u32:8
        54.Unstoppable Jobs.1:MGP:u32:0
        55.Listeners.1:MGP:u32:4
        56.ActivePeers.1:MGP:u32:0
        57.ConnectedPeers.1:MGP:u32:0
        58.DroppedLogs.1:MGP:u32:0
        59.BusyPolling.1:MGP:u32:0
        60.FailedResolutions.1:MGP:u32:0
        61.TotalBytesOut.1:MGP:u64:25835
        62.TotalSplicdedBytesOut.1:MGP:u64:0
        63.BytesOutRate.1:MRP:u64:25792
        64.DebugCommandsIssued.1:MGP:u32:0
        65.CumRecvLogs.1:MCP:u32:0
        66.Build info.1:POS:str:2.6.12-1+deb12u4
        67.Memmax_bytes.1:CLP:u32:0
        68.PoolAlloc_bytes.1:MGP:u64:115824
        69.PoolUsed_bytes.1:MGP:u64:115824
        70.Start_time_sec.1:MDP:u32:1795248487
        71.Tainted.1:SGP:str:0
        """;

    public const string State = """
        1
        # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
        3 be_mysql 1 db1 127.0.0.1 0 0 1 1 3 8 2 0 6 0 0 0 - 47307 - 0 0 - - 0
        3 be_mysql 2 db2 127.0.0.1 0 0 1 1 2 8 2 0 6 0 0 0 - 47308 - 0 0 - - 0
        4 web 1 w1 127.0.0.1 2 0 1 1 3 1 0 2 0 0 0 0 - 47310 - 0 0 - - 0
        5 my2 1 q 127.0.0.1 2 0 1 1 3 1 0 2 0 0 0 0 - 47312 - 0 0 - - 0
        """;

    public const string Sessions = """
        0x56216d483b90: proto=tcpv4 src=127.0.0.1:41736 fe=my2 be=my2 srv=q ts=00 epoch=0 age=0s calls=2 rate=2 cpu=0 lat=0 rq[f=808000h,i=0,an=00h,rx=29s,wx=,ax=] rp[f=80048202h,i=0,an=00h,rx=29s,wx=,ax=] scf=[8,0h,fd=14] scb=[8,1h,fd=15] exp=1s rc=0 c_exp=
        0x56216d5a3b50: proto=tcpv4 src=127.0.0.1:41756 fe=my2 be=my2 srv=q ts=00 epoch=0 age=0s calls=2 rate=2 cpu=0 lat=0 rq[f=808000h,i=0,an=00h,rx=29s,wx=,ax=] rp[f=80048202h,i=0,an=00h,rx=29s,wx=,ax=] scf=[8,0h,fd=17] scb=[8,1h,fd=18] exp=1s rc=0 c_exp=
        0x56216d5a4290: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s calls=1 rate=1 cpu=0 lat=0 rq[f=c08002h,i=0,an=00h,rx=10s,wx=,ax=] rp[f=80008002h,i=0,an=00h,rx=,wx=,ax=] scf=[8,0h,fd=19] scb=[8,1h,fd=-1] exp=10s rc=0 c_exp=
        0x7fb19802c2d0: proto=tcpv4 src=127.0.0.1:41752 fe=my2 be=my2 srv=q ts=00 epoch=0 age=0s calls=2 rate=2 cpu=0 lat=0 rq[f=808000h,i=0,an=00h,rx=29s,wx=,ax=] rp[f=80048202h,i=0,an=00h,rx=29s,wx=,ax=] scf=[8,0h,fd=16] scb=[8,1h,fd=20] exp=1s rc=0 c_exp=
        """;
}
