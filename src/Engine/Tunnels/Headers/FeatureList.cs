using System.Text;
using Engine.Fields;

namespace Engine.Tunnels.Headers;

/// <summary>The value of <c>engine-features</c>: names with commas between them.</summary>
internal static class FeatureList
{
    // A later version may know many more; a hostile peer's list costs no more than this.
    private const int MaxNames = 64;
    private const int MaxNameLength = 64;

    public static void Add(FieldList head, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            head.Add(TunnelFields.EngineFeatures, string.Join(", ", names));
        }
    }

    /// <summary>Reads the names; none when the field is missing. What is too long or no plain name is passed over.</summary>
    public static IReadOnlyList<string> Read(FieldList head)
    {
        var names = new List<string>();
        for (var i = head.IndexOf(TunnelFields.EngineFeatures); i >= 0; i = head.IndexOf(TunnelFields.EngineFeatures, i + 1))
        {
            var value = head[i].Value;
            while (!value.IsEmpty && names.Count < MaxNames)
            {
                var end = value.IndexOf((byte)',');
                var name = (end < 0 ? value : value[..end]).Trim(" \t"u8);
                value = end < 0 ? default : value[(end + 1)..];
                if (name.Length is > 0 and <= MaxNameLength && Ascii.IsValid(name))
                {
                    names.Add(Encoding.ASCII.GetString(name));
                }
            }
        }

        return names;
    }

    /// <summary>Whether a list has a name.</summary>
    public static bool Has(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return true;
            }
        }

        return false;
    }
}
