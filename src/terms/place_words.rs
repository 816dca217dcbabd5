//! Words that are places in company names. A place is identity: `Huzhou Kaijin` and `Guangdong Kaijin` are two companies.
//!
//! The list only weighs differences between names that are not equal anyway; it never makes two names one.

use super::country::Country;

/// Provinces and larger cities of China as written in English, and some cities of the region, sorted.
#[rustfmt::skip]
const PLACES: &[&str] = &[
    "anhui", "ankang", "anqing", "anshan", "anshun", "anyang", "apodaca", "baicheng", "baise", "baishan", "baiyin",
    "bangalore", "bangkok", "baoan", "baoding", "baoji", "baotou", "bazhong", "beihai", "beijing", "bengbu",
    "benxi", "berlin", "bijie", "binzhou", "bozhou", "brandenburg", "budapest", "busan", "cangzhou", "changchun",
    "changde", "changsha", "changshu", "changzhi", "changzhou", "chaoyang", "chaozhou", "chengde", "chengdu",
    "chenzhou", "cheonan", "cheongju", "chifeng", "chizhou", "chongqing", "chongzuo", "chuzhou", "daegu", "daejeon",
    "dafeng", "dalian", "dandong", "daqing", "datong", "dazhou", "delhi", "deyang", "dezhou", "dingxi", "dongguan",
    "dongying", "ezhou", "fangchenggang", "foshan", "fujian", "fukuoka", "fushun", "fuxin", "fuyang", "fuzhou",
    "gansu", "ganzhou", "grunheide", "guangan", "guangdong", "guangxi", "guangyuan", "guangzhou", "guigang",
    "guilin", "guiyang", "guizhou", "gumi", "gwangju", "haikou", "hainan", "haiphong", "hamburg", "handan",
    "hangzhou", "hanoi", "hanzhong", "harbin", "hebei", "hebi", "hefei", "hegang", "heihe", "heilongjiang", "henan",
    "hengshui", "hengyang", "heyuan", "heze", "hezhou", "himeji", "hiroshima", "hochiminh", "hohhot", "hongkong",
    "hsinchu", "huaian", "huaibei", "huaihua", "huainan", "huanggang", "huangshan", "huangshi", "hubei", "huizhou",
    "huludao", "hunan", "huzhou", "incheon", "jiamusi", "jian", "jiangmen", "jiangsu", "jiangxi", "jiangyin",
    "jiaozuo", "jiaxing", "jiayuguan", "jieyang", "jilin", "jinan", "jinchang", "jincheng", "jingdezhen", "jingmen",
    "jingzhou", "jinhua", "jining", "jinzhong", "jinzhou", "jiujiang", "jiuquan", "jixi", "johor", "kadoma",
    "kaifeng", "kaohsiung", "karamay", "kawasaki", "kedah", "kobe", "kunming", "kunshan", "kyoto", "laibin",
    "langfang", "lanzhou", "leshan", "lhasa", "lianyungang", "liaocheng", "liaoning", "liaoyang", "liaoyuan",
    "lincang", "linfen", "linyi", "lishui", "liupanshui", "liuzhou", "longnan", "longyan", "loudi", "luan", "luohe",
    "luoyang", "luzhou", "maanshan", "macau", "maoming", "meishan", "meizhou", "melaka", "mianyang", "mongolia",
    "monterrey", "mudanjiang", "mumbai", "munich", "nagoya", "nanchang", "nanchong", "nandan", "nanjing", "nanning",
    "nanping", "nantong", "nanyang", "neijiang", "ningbo", "ningde", "ningxia", "ordos", "osaka", "panjin",
    "panzhihua", "penang", "perak", "pingdingshan", "pingliang", "pingxiang", "pohang", "putian", "puyang",
    "qingdao", "qinghai", "qingyang", "qingyuan", "qinhuangdao", "qinzhou", "qiqihar", "quanzhou", "queretaro",
    "qujing", "quzhou", "rizhao", "sanmenxia", "sanming", "sanya", "sapporo", "selangor", "sendai", "seoul",
    "seremban", "shaanxi", "shandong", "shanghai", "shangqiu", "shangrao", "shantou", "shanwei", "shanxi",
    "shaoguan", "shaoxing", "shaoyang", "shenyang", "shenzhen", "shijiazhuang", "shiyan", "shizuishan",
    "shuangyashan", "shuozhou", "sichuan", "singapore", "siping", "songyuan", "suihua", "suining", "suizhou",
    "suqian", "suwon", "suzhou", "taian", "taichung", "tainan", "taipei", "taiyuan", "taizhou", "tangshan",
    "taoyuan", "tianjin", "tianshui", "tibet", "tieling", "tijuana", "tokyo", "tongchuan", "tonghua", "tongliao",
    "tongling", "tongren", "toronto", "ulsan", "urumqi", "weifang", "weihai", "weinan", "wenzhou", "wuhai", "wuhan",
    "wuhu", "wuwei", "wuxi", "wuzhong", "wuzhou", "xiamen", "xian", "xiangtan", "xiangyang", "xianning", "xianyang",
    "xiaogan", "xingtai", "xining", "xinjiang", "xinxiang", "xinyang", "xinyu", "xinzhou", "xuancheng", "xuchang",
    "xuzhou", "yaan", "yanan", "yancheng", "yangjiang", "yangquan", "yangzhou", "yantai", "yibin", "yichang",
    "yichun", "yinchuan", "yingkou", "yingtan", "yiwu", "yiyang", "yokohama", "yongin", "yongzhou", "yueyang",
    "yulin", "yuncheng", "yunfu", "yunnan", "yuxi", "zaozhuang", "zhangjiagang", "zhangjiajie", "zhangjiakou",
    "zhangye", "zhangzhou", "zhanjiang", "zhaoqing", "zhaotong", "zhejiang", "zhengzhou", "zhenjiang", "zhongshan",
    "zhoukou", "zhoushan", "zhuhai", "zhumadian", "zhuzhou", "zibo", "zigong", "ziyang", "zunyi",
];

/// True if a word of a company name, in lower case, is a place.
pub fn is_place(word: &str) -> bool {
    PLACES.binary_search(&word).is_ok() || (word.len() > 3 && Country::parse(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        let unsorted = PLACES.windows(2).find(|two| two[0] >= two[1]);
        assert_eq!(unsorted, None);
        assert!(is_place("wuxi") && is_place("mexico") && !is_place("kaijin") && !is_place("and"));
    }
}
