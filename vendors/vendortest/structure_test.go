package vendortest

import (
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// TestSurvivors holds the judgement of texts: which hostile ones have the structure of the plain one under some reading.
func TestSurvivors(t *testing.T) {
	for name, c := range map[string]struct {
		plain, hostile string
		same           bool
	}{
		"quoted delimiter":               {"vtplai,1\n", "\"a,b\",1\n", true},
		"quoted line end":                {"vtplai,1\n", "\"a\nb\",1\n", true},
		"doubled quote":                  {"vtplai,1\n", "\"a\"\"b\",1\n", true},
		"quote in a format without them": {"vtplai|1\n", "a\"b|1\n", true},
		"backslashes":                    {"\"vtplai\" 1\n", "\"a\\\" \\n\" 1\n", true},
		"replaced":                       {"vtplai;1\r\n", "a_b;1\r\n", true},
		"fixed columns":                  {"vtplai    1\n", "a b       1\n", true},
		"JSON":                           {`{"a":"vtplai"}`, `{"a":"\"}{"}`, true},
		"raw delimiter":                  {"vtplai,1\n", "a,b,1\n", false},
		"raw line end":                   {"vtplai,1\n", "a\nb,1\n", false},
		"carriage return alone":          {"vtplai,1\n", "a\rb,1\n", false},
		"one more line":                  {"vtplai    1\n", "a\nb       1\n", false},
		"an undoubled quote and another": {"vtplai,1\n", "\"a\",\"b\",1\n", false},
		"quotes that mean nothing":       {"\"vtplai\",1\n", "\"\"\",1\n", true}, // until a name with a comma comes
		"raw JSON":                       {`{"a":"vtplai"}`, `{"a":"x","b":"y"}`, false},
		"no JSON":                        {`{"a":"vtplai"}`, `{"a":"x"y"}`, false},
		"NUL":                            {"vtplai,1\n", "\x00,1\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := survivors(readings(c.plain, plainName), c.plain, c.hostile)
			require.Equal(t, c.same, err == nil, "%v", err)
		})
	}
}

// TestOneReadingForAll proves that readings are taken away for good: quotes that protect from commas must be doubled too.
func TestOneReadingForAll(t *testing.T) {
	const plain = "vtplai,1\n"
	left, err := survivors(readings(plain, plainName), plain, "\"a,b\",1\n")
	require.NoError(t, err)
	_, err = survivors(left, plain, "a\"b,1\n")
	require.Error(t, err)
}

func TestDecodeText(t *testing.T) {
	const text = "Süd;1\n"
	units := utf16.Encode([]rune(text))
	var little, big []byte
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	for _, b := range [][]byte{[]byte(text), []byte("\xEF\xBB\xBF" + text), little, big, append([]byte{0xFF, 0xFE}, little...), append([]byte{0xFE, 0xFF}, big...)} {
		require.Equal(t, text, decodeText(b))
	}
}

func TestPortable(t *testing.T) {
	for _, name := range []string{"calls.csv", "030226.1400", "Ünïcode 1.txt", "console.txt", "com.txt", "lpt10", "100%.txt"} {
		require.NoError(t, portable(name), name)
		require.NoError(t, deliverable(name), name)
	}
	for _, name := range []string{"a:b", "a/b", `a\b`, "a*", "a?", `a"`, "<a>", "a|b", ".a", "a.", " a", "a ", "con", "Aux.txt", "COM1.csv", "lpt9", "com¹", "conin$", "nul .txt"} {
		require.Error(t, portable(name), name)
	}
	for _, name := range []string{"", ".", "..", "a\nb", "a\x00", "\xff", string(make([]byte, 256))} {
		require.Error(t, deliverable(name), "%q", name)
	}
}
