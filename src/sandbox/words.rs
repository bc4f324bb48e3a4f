//! Words of several languages and scripts, for sites that nobody wrote.

/// A language a generated locale can be in.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    /// What stands between words.
    pub(super) space: &'static str,
    /// Separated by spaces.
    words: &'static str,
}

impl Language {
    /// Returns the words, always in the same order.
    pub(super) fn words(&self) -> Vec<&'static str> {
        self.words.split(' ').collect()
    }
}

/// The primary locale's language first.
pub(super) const LANGUAGES: &[Language] = &[
    Language {
        tag: "en-US",
        name: "English (United States)",
        space: " ",
        words: "pricing team guide towel galaxy design customers support security travel \
                stories workshop research delivery garden coffee music careers privacy events",
    },
    Language {
        tag: "fr-FR",
        name: "French (France)",
        space: " ",
        words: "tarifs équipe guide serviette galaxie création clients assistance sécurité \
                voyage récits atelier recherche livraison jardin café musique œuvre",
    },
    Language {
        tag: "ja-JP",
        name: "Japanese (Japan)",
        space: "",
        words: "料金 チーム ガイド タオル 銀河 デザイン お客様 サポート 安全 旅行 物語 工房 研究 配送 庭園 珈琲 音楽 採用情報",
    },
    Language {
        tag: "ar-EG",
        name: "Arabic (Egypt)",
        space: " ",
        words: "الأسعار الفريق دليل منشفة المجرة تصميم العملاء الدعم الأمان السفر قصص ورشة \
                أبحاث توصيل حديقة قهوة موسيقى",
    },
    Language {
        tag: "ru-RU",
        name: "Russian (Russia)",
        space: " ",
        words: "цены команда путеводитель полотенце галактика дизайн клиенты поддержка \
                безопасность путешествие истории мастерская исследования доставка сад кофе \
                музыка",
    },
    Language {
        tag: "de-DE",
        name: "German (Germany)",
        space: " ",
        words: "Preise Team Reiseführer Handtuch Galaxis Gestaltung Kundschaft Hilfe \
                Sicherheit Größe Geschichten Werkstatt Forschung Lieferung Garten Kaffee Musik \
                Donaudampfschifffahrt",
    },
    Language {
        tag: "es-MX",
        name: "Spanish (Mexico)",
        space: " ",
        words: "precios equipo guía toalla galaxia diseño clientes soporte seguridad viaje \
                historias taller investigación entrega jardín café música mañana",
    },
    Language {
        tag: "pt-BR",
        name: "Portuguese (Brazil)",
        space: " ",
        words: "preços equipe guia toalha galáxia criação clientes suporte segurança viagem \
                histórias oficina pesquisa entrega jardim café música ação",
    },
    Language {
        tag: "zh-CN",
        name: "Chinese (China)",
        space: "",
        words: "价格 团队 指南 毛巾 银河系 设计 客户 支持 安全 旅行 故事 工作坊 研究 配送 花园 咖啡 音乐",
    },
    Language {
        tag: "ko-KR",
        name: "Korean (South Korea)",
        space: " ",
        words: "가격 팀 안내서 수건 은하수 디자인 고객 지원 보안 여행 이야기 작업실 연구 배송 정원 커피 음악",
    },
    Language {
        tag: "he-IL",
        name: "Hebrew (Israel)",
        space: " ",
        words: "מחירים צוות מדריך מגבת גלקסיה עיצוב לקוחות תמיכה אבטחה טיול סיפורים סדנה מחקר \
                משלוח גן קפה",
    },
    Language {
        tag: "hi-IN",
        name: "Hindi (India)",
        space: " ",
        words: "मूल्य टीम मार्गदर्शिका तौलिया आकाशगंगा डिज़ाइन ग्राहक सहायता सुरक्षा यात्रा \
                कहानियाँ कार्यशाला अनुसंधान वितरण बगीचा कॉफ़ी",
    },
    Language {
        tag: "tr-TR",
        name: "Turkish (Türkiye)",
        space: " ",
        words: "fiyatlar ekip kılavuz havlu galaksi tasarım müşteriler İletişim güvenlik \
                yolculuk öyküler atölye araştırma teslimat bahçe kahve",
    },
    Language {
        tag: "el-GR",
        name: "Greek (Greece)",
        space: " ",
        words: "τιμές ομάδα οδηγός πετσέτα γαλαξίας σχεδιασμός πελάτες υποστήριξη ασφάλεια \
                ταξίδι ιστορίες εργαστήριο έρευνα παράδοση κήπος καφές",
    },
    Language {
        tag: "th-TH",
        name: "Thai (Thailand)",
        space: "",
        words: "ราคา ทีมงาน คู่มือ ผ้าเช็ดตัว กาแล็กซี ออกแบบ ลูกค้า สนับสนุน ปลอดภัย เดินทาง \
                เรื่องเล่า วิจัย จัดส่ง สวน กาแฟ",
    },
];
